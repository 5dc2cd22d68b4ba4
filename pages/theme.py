"""The look of all pages: colours, type, spacing, and the frame around a page's content."""
from nicegui import ui

from . import editing, lists, picker, prose, replying, styles, tools
from .assets import serve

TITLE = 'Chatroom'
VIEWPORT = 'width=device-width, initial-scale=1, interactive-widget=resizes-content'
FAVICON = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#4f5bd5" d="M6 3h20a4 4 0 0 1 4 4'
           'v12a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4z"/><path stroke="#fff" stroke-width="2.6" '
           'stroke-linecap="round" d="M9 10.5h14M9 15.5h9"/></svg>')

CSS = '''
:root {
  color-scheme: light dark;
  --canvas: oklch(98.4% .003 265); --surface: oklch(100% 0 0); --raised: oklch(100% 0 0);
  --hover: oklch(96.4% .006 265);
  --line: oklch(91% .008 265); --edge: oklch(65% .02 265);
  --ink: oklch(24% .02 265); --ink-2: oklch(42% .02 265); --ink-3: oklch(51% .02 265);
  --accent: oklch(50% .19 272); --tint: oklch(50% .19 272 / 9%); --positive: oklch(62% .17 150);
  --caution: oklch(66% .15 65); --on-accent: oklch(100% 0 0); --danger: oklch(51% .19 25);
  --avatar-l: 52%; --avatar-c: .11;
  --shadow: 0 1px 2px oklch(20% .02 265 / 6%), 0 8px 24px oklch(20% .02 265 / 8%);
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif;
  --emoji: "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", var(--font);
  --small: 12px; --note: 13px; --text: 15px; --title: 18px; --display: 24px; --leading: calc(22 / 15);
  --radius: 6px; --radius-2: 12px;
  --away: radial-gradient(circle, var(--surface) 32%, var(--caution) 38%);
  --lock: url('data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12"><path d="M2 5h1V4a3 \
3 0 0 1 6 0v1h1v6H2zM4.5 5h3V4a1.5 1.5 0 0 0-3 0z"/></svg>');
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: oklch(19% .012 265); --surface: oklch(22% .014 265); --raised: oklch(25.5% .016 265);
    --hover: oklch(24% .015 265); --line: oklch(31% .016 265); --edge: oklch(56% .02 265);
    --ink: oklch(94% .006 265); --ink-2: oklch(80% .012 265); --ink-3: oklch(70% .015 265);
    --accent: oklch(76% .12 272); --tint: oklch(76% .12 272 / 13%); --positive: oklch(74% .16 150);
    --caution: oklch(80% .14 80); --on-accent: oklch(20% .04 272); --danger: oklch(74% .14 25);
    --avatar-l: 46%; --avatar-c: .1;
    --shadow: 0 1px 2px oklch(0% 0 0 / 30%), 0 8px 24px oklch(0% 0 0 / 30%);
  }
}
html, body { height: 100%; }
body { margin: 0; background: var(--canvas); color: var(--ink); font: var(--text)/var(--leading) var(--font);
  -webkit-text-size-adjust: 100%; }
#app { --q-primary: var(--accent); --q-negative: var(--danger); }
.nicegui-content { display: block; padding: 0; }
.q-page { min-height: 0 !important; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
::selection { background: color-mix(in oklch, var(--accent) 28%, transparent); }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important;
  }
}

/* NiceGUI's own notice of a lost connection: the chat has its quiet line, the entry page shows this as one */
#popup, #too_long_message_popup { background: var(--raised); color: var(--ink-2); border: 1px solid var(--line);
  border-radius: var(--radius-2); box-shadow: var(--shadow); font: var(--note)/var(--leading) var(--font);
  padding: 8px 16px; }
body:has(.chat) #popup { display: none; }

/* Buttons and fields */
.q-btn { border-radius: var(--radius); font: 600 var(--text)/1 var(--font); text-transform: none; letter-spacing: 0;
  min-height: 40px; padding: 4px 16px; }
.q-btn:before { box-shadow: none !important; }
.q-btn:focus-visible, .q-tab:focus-visible { box-shadow: 0 0 0 2px var(--canvas), 0 0 0 4px var(--accent); }
.q-btn.solid { background: var(--accent); color: var(--on-accent); }
.quiet { border: 0; border-radius: var(--radius); background: none; color: var(--ink-2); cursor: pointer;
  min-height: 32px; padding: 4px 12px; font: 500 var(--note)/1 var(--font); white-space: nowrap; }
.q-btn .q-focus-helper, .q-tab .q-focus-helper { display: none; }
.q-btn.solid:hover { filter: brightness(1.08); } .quiet:hover { background: var(--hover); color: var(--ink); }
.q-field { font: var(--text)/var(--leading) var(--font); }
.q-field__control, .q-field__native, .q-field__label { color: var(--ink) !important; }
.q-field .q-field__label { color: var(--ink-2) !important; }
.q-field--outlined .q-field__control { border-radius: var(--radius); background: var(--surface); }
.q-field--outlined .q-field__control:before { border-color: var(--edge); }
.q-field--outlined .q-field__control:hover:before { border-color: var(--ink-2); }
.q-field--outlined.q-field--focused .q-field__control:after { border-color: var(--accent); border-width: 2px; }
.q-field--error .q-field__control:is(:before, :after) { border-color: var(--danger) !important; }
.q-field--with-bottom { padding-bottom: 42px; }
.q-field__bottom { padding: 4px 2px 0; color: var(--danger) !important;
  font: var(--note)/var(--leading) var(--font); }
.q-field__messages { line-height: var(--leading); }
.q-field__append .q-icon.text-negative { display: none; }
input:-webkit-autofill { -webkit-text-fill-color: var(--ink); caret-color: var(--ink);
  box-shadow: 0 0 0 100px var(--surface) inset; }

.icon { flex: none; display: grid; place-content: center; width: 32px; height: 32px; padding: 0; border: 0;
  border-radius: var(--radius); background: none; color: var(--ink-2); cursor: pointer; }
.icon:hover { background: var(--hover); color: var(--ink); }
.icon svg, .entry-line svg { width: 18px; height: 18px; }
.icon[aria-pressed=true] { color: var(--accent); } .icon[aria-pressed=false] { color: var(--ink-3); }
.solid, .danger { background: var(--accent); color: var(--on-accent); border: 0; border-radius: var(--radius);
  padding: 8px 16px; font: 600 var(--note)/1 var(--font); cursor: pointer; }
.danger { background: var(--danger); color: var(--surface); }
.q-btn:is(.solid, .danger, .plain) { font-size: var(--note); }
input[type=search]:where(:not(.q-field__input)) { box-sizing: border-box; width: 100%; min-height: 32px;
  padding: 4px 10px; border: 0;
  outline: 0;
  border-radius: var(--radius); background: var(--canvas); box-shadow: inset 0 0 0 1px var(--edge);
  color: var(--ink);
  font: var(--note)/var(--leading) var(--font); }
input[type=search]:where(:not(.q-field__input)):focus { box-shadow: inset 0 0 0 2px var(--accent); }
input[type=search]:where(:not(.q-field__input))::placeholder { color: var(--ink-3); opacity: 1; }

/* Who is here: a dot in the corner of an avatar, or before a name */
[data-person][data-kind=direct]::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%;
  box-sizing: border-box;
  border: 1.5px solid var(--ink-3); }
[data-person][data-kind=direct][data-state=online]::before { background: var(--positive);
  border-color: var(--positive); }
[data-person][data-kind=direct][data-state=away]::before { background: var(--away);
  border: 0; }
.transcript article:is([data-state=online], [data-state=away]):not(.follows)::before { content: "";
  position: absolute;
  z-index: 1; top: 38px; inset-inline-start: 44px; width: 8px; height: 8px; border-radius: 50%;
  background: var(--positive); box-shadow: 0 0 0 2px var(--canvas); }
.transcript article[data-state=away]:not(.follows)::before { background: var(--away); }

/* Entry */
.entry { min-height: 100dvh; display: grid; place-content: center; justify-items: center; padding: 24px 16px;
  gap: 24px;
  grid-template-columns: minmax(0, 392px); }
.entry .brand { display: flex; align-items: center; gap: 12px; }
.entry .brand svg { width: 36px; height: 36px; }
.entry h1 { margin: 0; font: 650 var(--display)/1.2 var(--font); letter-spacing: -.015em; }
.entry .card { width: 100%; box-sizing: border-box; background: var(--surface); border: 1px solid var(--line);
  border-radius: var(--radius-2); box-shadow: var(--shadow); padding: 8px 24px 24px; }
.entry .q-tabs { margin: 0 -8px 16px; border-bottom: 1px solid var(--line); }
.entry .q-tab { min-height: 48px; padding: 0 8px; color: var(--ink-2); text-transform: none; }
.entry .q-tab--active { color: var(--ink); }
.entry .q-tab__label { font: 600 var(--text)/1.2 var(--font); }
.entry .q-tab__indicator { background: var(--accent); }
.entry .q-tab-panels { background: none; } .entry .q-tab-panel { padding: 8px 0 0; }
.entry .q-tab-panel, .entry form { display: block; width: 100%; }
.entry form .q-btn[type=submit] { min-height: 44px; width: 100%; }
'''


RELOAD = '''
// Load this page anew as soon as the server is there: not all pages at once, and not into an error page.
const reloadWhenPossible = () => setTimeout(() => fetch(location, {method: "HEAD"})
  .then((answer) => answer.status < 500 ? location.reload() : reloadWhenPossible(), reloadWhenPossible),
  2000 * Math.random());
// The server may go away while a page loads: without its scripts it would be dead without a sign.
addEventListener("error", (event) => { if (event.target.tagName === "SCRIPT") reloadWhenPossible(); }, true);
'''


def install() -> None:
    """Put the style sheet on every page, and what brings it back if its scripts don't come."""
    ui.add_head_html(f'<script>{RELOAD}</script>', shared=True)
    css = CSS + styles.CHAT + ''.join(part.CSS for part in (prose, tools, editing, replying, picker, lists))
    ui.add_head_html(f'<link rel="stylesheet" href="{serve(css, "css")}">', shared=True)

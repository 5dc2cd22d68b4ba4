"""The look of all pages: colours, type, spacing, and the frame around a page's content."""
from nicegui import ui

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
  --line: oklch(91% .008 265); --edge: oklch(66% .02 265);
  --ink: oklch(24% .02 265); --ink-2: oklch(42% .02 265); --ink-3: oklch(51% .02 265);
  --accent: oklch(50% .19 272); --on-accent: oklch(100% 0 0); --danger: oklch(51% .19 25);
  --avatar-l: 52%; --avatar-c: .11;
  --shadow: 0 1px 2px oklch(20% .02 265 / 6%), 0 8px 24px oklch(20% .02 265 / 8%);
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif;
  --small: 12px; --note: 13px; --text: 15px; --title: 18px; --display: 24px; --leading: 1.45;
  --radius: 6px; --radius-2: 12px;
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: oklch(19% .012 265); --surface: oklch(22% .014 265); --raised: oklch(25.5% .016 265);
    --hover: oklch(24% .015 265); --line: oklch(31% .016 265); --edge: oklch(56% .02 265);
    --ink: oklch(94% .006 265); --ink-2: oklch(80% .012 265); --ink-3: oklch(70% .015 265);
    --accent: oklch(76% .12 272); --on-accent: oklch(20% .04 272); --danger: oklch(74% .14 25);
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
  *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
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

/* Entry */
.entry { min-height: 100dvh; display: grid; place-content: center; justify-items: center; padding: 24px 16px; gap: 24px;
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

/* Chat */
.chat { height: 100dvh; display: grid; grid-template: 52px minmax(0, 1fr) auto / 264px minmax(0, 1fr);
  position: relative; gap: 0; align-items: stretch; }
.chat > header { display: flex; align-items: center; gap: 12px; padding: 0 8px 0 16px; background: var(--surface);
  border-bottom: 1px solid var(--line); }
.chat h1 { min-width: 0; margin: 0; font: 650 var(--title)/1.2 var(--font); letter-spacing: -.01em;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chat h1:not([data-kind=direct])::before, .sidebar a:not([data-kind=direct])::before { content: "#";
  color: var(--ink-3); font-weight: 500; }
.chat h1:not([data-kind=direct])::before { margin-inline-end: 6px; }
.chat .topic { flex: 1; min-width: 0; margin: 0; color: var(--ink-3); font-size: var(--note); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
#rooms { display: none; }

/* Sidebar */
.sidebar { grid-row: 1 / span 3; overflow-y: auto; padding: 8px; background: var(--surface);
  border-inline-end: 1px solid var(--line); }
.sidebar h2 { margin: 12px 8px 4px; font: 600 var(--small)/1.45 var(--font); color: var(--ink-3); }
.sidebar section:not(:has(a)) { display: none; }
.sidebar a { display: flex; align-items: center; gap: 8px; padding: 4px 8px; min-height: 24px; color: var(--ink-2);
  border-radius: var(--radius); text-decoration: none; }
.sidebar a:hover { background: var(--hover); }
.sidebar a[aria-current] { background: color-mix(in oklch, var(--accent) 14%, transparent); color: var(--ink); }
.sidebar a.unread { color: var(--ink); font-weight: 650; }
.sidebar .label { flex: 1; min-width: 0; text-align: start; unicode-bidi: isolate; direction: inherit;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sidebar .badge:not(:empty) { background: var(--accent); color: var(--on-accent); border-radius: 999px;
  padding: 2px 6px; font: 600 var(--small)/1 var(--font); font-variant-numeric: tabular-nums; }
.chat .me { max-width: 40vw; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--ink-2);
  font-size: var(--note); line-height: 32px; }
.connection { position: absolute; z-index: 2; top: 60px; left: 50%; translate: -50% 0; padding: 4px 12px;
  border-radius: 999px; background: var(--raised); border: 1px solid var(--line); box-shadow: var(--shadow);
  color: var(--ink-2); font-size: var(--note); }

/* Transcript: a column of readable width */
.transcript { --side: max(0px, calc((100% - 800px) / 2)); overflow-y: auto; overflow-anchor: none;
  overscroll-behavior: contain; padding: 16px var(--side) 12px; outline-offset: -2px; scrollbar-gutter: stable; }
.transcript.is-empty::before { content: "Nothing here yet. Say hello!"; display: block; padding: 25dvh 16px 0;
  text-align: center; color: var(--ink-3); }
.transcript article, .transcript .pending { position: relative; display: grid; contain: layout paint style;
  grid-template-columns: 36px minmax(0, 1fr); column-gap: 12px; padding: 8px 16px 2px; }
.transcript article[hidden] { display: none; }
.transcript article:hover { background: var(--hover); }
.avatar { grid-row: 1 / span 2; width: 36px; height: 36px; border-radius: 10px; margin-top: 2px; overflow: hidden;
  display: grid; place-items: center; font: 600 var(--note)/1 var(--font); color: #fff; user-select: none;
  background: oklch(var(--avatar-l) var(--avatar-c) var(--hue)); }
.by { display: flex; align-items: baseline; gap: 8px; min-width: 0; }
.name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.by time { color: var(--ink-3); font-size: var(--small); flex: none; font-variant-numeric: tabular-nums; }
.text { grid-column: 2; max-width: 75ch; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
  overflow: clip; overflow-clip-margin: 3px; }
.text a { color: var(--accent); text-decoration: underline;
  text-decoration-color: color-mix(in oklch, currentColor 40%, transparent); text-underline-offset: 2px; }
.text a:hover { text-decoration-color: currentColor; }
.edited { color: var(--ink-3); font-size: var(--small); }
.transcript .follows { padding-top: 2px; }
.follows .avatar { display: none; }
.follows .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.follows .by { position: absolute; inset-inline-start: 8px; width: 48px; top: 4px; justify-content: center;
  opacity: 0; }
.follows:hover .by { opacity: 1; }
.pending .avatar { visibility: hidden; height: 0; }
.pending .text { color: var(--ink-3); }
.pending.late .text::after { content: " \\2013  sending ..."; font-size: var(--small); }
.day, .gap { display: flex; align-items: center; gap: 12px; padding: 12px 16px 8px; color: var(--ink-3);
  font-size: var(--small); font-weight: 600; }
.day::before, .day::after, .gap::before, .gap::after { content: ""; flex: 1; height: 1px; background: var(--line); }
.newer { position: absolute; z-index: 1; left: 50%; translate: -50% 0; bottom: 100%; margin-bottom: 8px; border: 0;
  border-radius: 999px; padding: 8px 16px; background: var(--accent); color: var(--on-accent); cursor: pointer;
  font: 600 var(--note)/1 var(--font); box-shadow: var(--shadow); white-space: nowrap; }
[hidden] { display: none !important; }

/* Composer */
.composer { --side: max(12px, calc((100% - 776px) / 2)); position: relative; display: grid;
  grid-template-columns: minmax(0, 1fr); padding: 0 var(--side);
  padding-bottom: max(16px, env(safe-area-inset-bottom)); }
.composer textarea { grid-area: 2 / 1; box-sizing: border-box; border: 0; outline: 0; resize: none; overflow-y: auto;
  background: var(--raised); border-radius: var(--radius-2); box-shadow: inset 0 0 0 1px var(--edge); color: var(--ink);
  font: inherit; padding: 12px 48px 12px 14px; min-height: 46px; max-height: calc(8lh + 24px); }
.composer textarea:focus { box-shadow: inset 0 0 0 2px var(--accent); }
.composer textarea::placeholder { color: var(--ink-3); opacity: 1; }
.composer .send { grid-area: 2 / 1; place-self: end; display: grid; place-content: center; width: 36px; height: 36px;
  margin: 5px; padding: 0; border: 0; border-radius: 8px; background: var(--accent); color: var(--on-accent);
  cursor: pointer; }
.composer .send:hover { filter: brightness(1.08); }
.composer .send svg { width: 18px; height: 18px; }
.composer .note { color: var(--danger); font-size: var(--note); padding: 4px 12px 8px; }
@media (pointer: coarse) { .composer textarea { font-size: 16px; }
  .composer .send { width: 40px; height: 40px; margin: 4px; } }
@media (max-width: 719px) { .chat { grid-template-columns: minmax(0, 1fr); }
  .chat h1 { flex: 1; } .chat .topic { display: none; }
  #rooms { display: block; padding-inline: 8px; margin-inline-start: -8px; }
  .sidebar { display: none; position: absolute; z-index: 3; inset: 52px 0 0 0; border: 0; }
  .sidebar a { min-height: 36px; } .shows-rooms .sidebar { display: block; }
  .transcript article, .transcript .pending { padding-inline: 12px; column-gap: 10px; }
  .day, .gap { padding-inline: 12px; } .follows .by { inset-inline-start: 6px; }
  .composer { padding-bottom: max(8px, env(safe-area-inset-bottom)); } }
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
    ui.add_head_html(f'<link rel="stylesheet" href="{serve(CSS, "css")}">', shared=True)

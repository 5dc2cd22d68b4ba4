"""The look of the chat page and its dialogs, in the colours and sizes of the theme."""

CHAT = '''
/* Chat */
.chat { height: 100dvh; display: grid; grid-template: 52px minmax(0, 1fr) auto / 264px minmax(0, 1fr);
  position: relative; gap: 0; align-items: stretch; }
.chat > .transcript { grid-area: 2 / 2; } .chat > .composer { grid-area: 3 / 2; }
.chat > header { grid-area: 1 / 2; display: flex; align-items: center; gap: 12px; padding: 0 8px 0 16px;
  background: var(--surface);
  border-bottom: 1px solid var(--line); }
.chat h1 { min-width: 0; margin: 0; font: 650 var(--title)/1.2 var(--font); letter-spacing: -.01em;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chat h1:not([data-kind=direct])::before, .sidebar a:not([data-kind=direct])::before { content: "#";
  color: var(--ink-3); font-weight: 500; }
.sidebar a::before, .switcher li::before { flex: none; width: 12px; text-align: center; }
:is(.sidebar a, .switcher li)[data-kind=direct]::before { content: ""; width: 8px; margin-inline: 2px; }
:is(.chat h1, .sidebar a, .switcher li)[data-kind=closed]::before { content: ""; display: inline-block; height: 12px;
  width: 12px; background: var(--ink-3); mask: var(--lock) center / contain no-repeat; }
.chat h1:not([data-kind=direct])::before { margin-inline-end: 6px; }
.chat .topic { flex: 1; min-width: 0; margin: 0; text-align: left; color: var(--ink-3);
  font-size: var(--note); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#rooms { display: none; }
.chat h1 { flex: none; max-width: 60%; }

/* Sidebar */
.sidebar { grid-row: 1 / span 3; display: flex; flex-direction: column; min-height: 0; background: var(--surface);
  border-inline-end: 1px solid var(--line); }
.sidebar .top { padding: 10px 12px 6px; }
.sidebar .lists { flex: 1; min-height: 0; overflow-y: auto; padding: 0 8px 8px; scroll-padding-top: 40px; }
.sidebar h2 { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; margin: 8px 0 0;
  padding: 4px 0 2px 8px; background: var(--surface); color: var(--ink-3);
  font: 600 var(--small)/1.45 var(--font); }
.sidebar h2 .icon { width: 28px; height: 28px; color: var(--ink-3); }
.sidebar h2 .icon:first-of-type { margin-inline-start: auto; }
.sidebar h2 svg { width: 16px; height: 16px; }
.sidebar a, .entry-line { display: flex; align-items: center; gap: 8px; padding: 4px 8px; min-height: 24px;
  color: var(--ink-2); border-radius: var(--radius); text-decoration: none; }
.entry-line { margin: 0 8px; border: 0; background: none; font: inherit; cursor: pointer; min-height: 32px; }
.sidebar a:hover, .entry-line:hover { background: var(--hover); }
.sidebar a[aria-current] { background: color-mix(in oklch, var(--accent) 14%, transparent); color: var(--ink); }
.sidebar a.unread { color: var(--ink); font-weight: 650; }
.sidebar a.archived .label { color: var(--ink-3); font-style: italic; }
.sidebar .label { flex: 1; min-width: 0; text-align: left; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.sidebar .badge:not(:empty) { background: var(--accent); color: var(--on-accent); border-radius: 999px;
  padding: 2px 6px; font: 600 var(--small)/1 var(--font); font-variant-numeric: tabular-nums; }
.sidebar .foot { display: flex; align-items: center; padding: 6px 8px 6px 16px; border-top: 1px solid var(--line);
  padding-bottom: max(6px, env(safe-area-inset-bottom)); }
.chat .me { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  color: var(--ink-2);
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
.avatar { width: 36px; height: 36px; border-radius: 10px; margin-top: 2px; overflow: hidden;
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
.follows .by .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.follows .by { position: absolute; inset-inline-start: 8px; width: 48px; top: 4px; justify-content: center;
  opacity: 0; }
.follows:hover .by { opacity: 1; } .follows .by time { font-size: 10px; }
.pending .avatar { visibility: hidden; height: 0; }
.pending .text { color: var(--ink-3); }
.pending.late .text::after { content: " \\2013  sending ..."; font-size: var(--small); }
.day, .gap { display: flex; align-items: center; gap: 12px; padding: 12px 16px 8px; color: var(--ink-3);
  font-size: var(--small); font-weight: 600; }
.day::before, .day::after, .gap::before, .gap::after { content: ""; flex: 1; height: 1px; background: var(--line); }
.newer { position: absolute; z-index: 1; left: 50%; translate: -50% 0; bottom: 100%; margin-bottom: 8px; border: 0;
  border-radius: 999px; padding: 8px 16px; background: var(--accent); color: var(--on-accent); cursor: pointer;
  font: 600 var(--note)/1 var(--font); box-shadow: var(--shadow); white-space: nowrap; }
.new { display: flex; align-items: center; gap: 12px; padding: 8px 16px 4px; color: var(--danger);
  font-size: var(--small); font-weight: 600; }
.new::before { content: ""; flex: 1; height: 1px; background: var(--danger); }
.mention { color: var(--accent); font-weight: 600; }
.transcript article.found { animation: found 2.4s; }
@keyframes found { 0%, 40% { background: color-mix(in oklch, var(--caution) 26%, transparent); } }
[hidden] { display: none !important; }

/* Panel */
.panel { grid-area: 2 / 2; z-index: 2; justify-self: end; width: min(340px, 100%); box-sizing: border-box;
  overflow-y: auto; overscroll-behavior: contain; padding: 8px 12px; background: var(--surface);
  border-inline-start: 1px solid var(--line); box-shadow: var(--shadow); }
.panel > .icon { position: absolute; z-index: 1; inset-block-start: 9px; inset-inline-end: 10px; }
.panel h2 { display: flex; align-items: center; gap: 8px; margin: 6px 4px 12px;
  font: 650 var(--text)/1.45 var(--font); }
.panel { position: relative; } .panel h2 svg { width: 18px; height: 18px; }
.panel .count, .panel .role, .panel .none, .panel time { color: var(--ink-3); font-size: var(--small);
  font-weight: 400; }
.panel .search { margin-bottom: 8px; } .panel .solid { width: 100%; margin-bottom: 8px; min-height: 36px; }
.panel ul { list-style: none; margin: 0; padding: 0; }
.panel li { display: flex; align-items: center; content-visibility: auto; contain-intrinsic-size: auto 44px; }
.person { position: relative; flex: 1; min-width: 0; display: flex; align-items: center; gap: 10px; padding: 4px;
  border: 0;
  border-radius: var(--radius); background: none; color: inherit; font: inherit; text-align: start;
  cursor: pointer; }
.panel li button { outline-offset: -2px; }
.person:hover:not(:disabled) { background: var(--hover); }
@layer overrides { .person:disabled { cursor: default !important; opacity: 1 !important; } }
.person .avatar { width: 32px; height: 32px; margin: 0; flex: none; }
.person .label { flex: 1; min-width: 0; text-align: left; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.person .state { position: absolute; inset-inline-start: 29px; inset-block-start: 29px; width: 9px; height: 9px;
  border-radius: 50%; box-shadow: 0 0 0 2px var(--surface); }
[data-state=online] .state { background: var(--positive); } [data-state=away] .state { background: var(--away); }
[data-state=offline] .state { display: none; } [data-state=offline] .person .label { color: var(--ink-3); }
.panel li .icon { color: var(--ink-3); } .panel li .icon svg { width: 16px; height: 16px; }
.panel .found { display: block; padding: 8px; border-radius: var(--radius); color: inherit; text-decoration: none; }
.panel .found:hover { background: var(--hover); }
.panel .found + .found { border-top: 1px solid var(--line); }
.panel .where { display: block; text-align: left; overflow-wrap: anywhere;
  color: var(--ink-3); font-size: var(--small); }
.panel .found .text { display: block; color: var(--ink-2); font-size: var(--note); }
@media (min-width: 1100px) { .chat:has(> .panel:not([hidden])) { grid-template-columns: 264px minmax(0, 1fr) 340px;
  }
  .chat > .panel { grid-area: 2 / 3 / span 2; box-shadow: none; } .chat > header { grid-area: 1 / 2 / auto / span 2; } }

/* Dialogs */
.q-dialog__backdrop, dialog::backdrop { background: oklch(20% .02 265 / 42%); }
.form { box-sizing: border-box; width: min(440px, 100vw - 48px); max-height: calc(100dvh - 48px); overflow-y: auto;
  padding: 20px 24px; background: var(--raised); color: var(--ink); border-radius: var(--radius-2) !important;
  box-shadow: var(--shadow); display: flex; flex-direction: column; gap: 12px; }
.form .heading, dialog h2 { margin: 0; font: 650 var(--title)/1.3 var(--font); overflow-wrap: anywhere; }
.form .part { margin-top: 4px; color: var(--ink-2); font-size: var(--note); font-weight: 600; }
.form .q-radio { font: var(--text)/var(--leading) var(--font); color: var(--ink); }
.form .q-radio__inner { color: var(--edge); font-size: 34px; }
.form .q-radio__inner--truthy { color: var(--accent); } .form .q-radio__inner::before { display: none; }
.form .q-radio:focus-visible .q-radio__bg { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 50%; }
.form .q-option-group { display: grid; } .form .q-chip { background: var(--tint); color: var(--ink); }
.form .q-chip__icon--remove { color: var(--ink-3); opacity: 1; }
.form .problem { color: var(--danger); font-size: var(--note); } .form .problem:empty { display: none; }
.form .buttons { display: flex; justify-content: end; gap: 8px; } .form .plain { color: var(--ink-2); }
.form .q-btn.danger { background: var(--danger); color: var(--surface); }
.form .ways-out { display: flex; flex-wrap: wrap; gap: 4px; margin-inline-start: -16px; }
.form .quiet-text { color: var(--ink-3); font-size: var(--note); overflow-wrap: anywhere; }
.browsed { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px; }
.browsed li { display: flex; align-items: center; gap: 12px; } .browsed .label { flex: 1; min-width: 0; }
.browsed .room-name { overflow-wrap: anywhere; font-weight: 600; }
.q-menu { background: var(--raised); color: var(--ink); border-radius: var(--radius); box-shadow: var(--shadow);
  font: var(--text)/var(--leading) var(--font); }
.q-item--active { color: var(--accent); }
.people-menu { max-height: min(264px, 40dvh); max-width: min(392px, 100vw - 96px); overflow-wrap: anywhere; }
dialog { box-sizing: border-box; border: 0; padding: 12px; border-radius: var(--radius-2);
  background: var(--raised);
  color: var(--ink); box-shadow: var(--shadow); width: min(520px, 100vw - 32px); outline: 0; }
.switcher { margin-top: 12dvh; max-height: 80dvh; } .switcher[open] { display: flex; flex-direction: column; }
.switcher input { flex: none; font-size: var(--text); min-height: 40px; } .switcher ul { overflow-y: auto; }
.switcher ul, .completion { list-style: none; margin: 0; padding: 0; } .switcher ul { margin-top: 8px; }
.switcher li, .completion li { display: flex; align-items: center; gap: 8px; padding: 6px 10px; cursor: pointer;
  border-radius: var(--radius); }
.switcher li:not([data-kind=direct])::before { content: "#"; color: var(--ink-3); }
.switcher li[aria-selected=true], .completion li[aria-selected=true] { background: var(--tint); }
.switcher li span, .completion li span { color: var(--ink-3); font-size: var(--small); flex: none; }
.switcher .label, .completion bdi { flex: 1; min-width: 0; text-align: left; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.switcher .none, .keys dd { color: var(--ink-2); margin: 0; padding: 8px 10px; }
.keys { padding: 20px 24px; } .keys dl { display: grid; grid-template-columns: auto 1fr; align-items: center;
  margin: 12px 0 0; }
.keys form { display: grid; justify-content: end; margin-top: 16px; }
.keys dt { display: flex; flex-wrap: wrap; gap: 4px; }
kbd { padding: 2px 6px; border-radius: 4px; background: var(--canvas); box-shadow: inset 0 0 0 1px var(--line);
  font: 500 var(--small)/1.45 var(--font); white-space: nowrap; }
.said, .undo { grid-area: 2 / 2 / 3 / 3; position: absolute; z-index: 4; inset: auto 24px 60px; width: fit-content;
  margin: 0 auto; padding: 8px 16px; border-radius: 18px; background: var(--ink); color: var(--surface);
  font-size: var(--note); }
.said:has(~ .undo:not([hidden])) { bottom: 104px; }

/* Composer */
.composer { --side: max(12px, calc((100% - 776px) / 2)); position: relative; display: grid;
  grid-template-columns: minmax(0, 1fr); padding: 0 var(--side);
  padding-bottom: max(16px, env(safe-area-inset-bottom)); }
.composer textarea { grid-area: 2 / 1; box-sizing: border-box; border: 0; outline: 0; resize: none;
  overflow-y: auto;
  background: var(--raised); border-radius: var(--radius-2); box-shadow: inset 0 0 0 1px var(--edge);
  color: var(--ink);
  font: inherit; padding: 12px 88px 12px 14px; min-height: 46px; max-height: calc(8lh + 24px); }
.composer textarea:focus { box-shadow: inset 0 0 0 2px var(--accent); }
.composer textarea::placeholder { color: var(--ink-3); opacity: 1; }
.composer .send { grid-area: 2 / 1; place-self: end; display: grid; place-content: center; width: 36px;
  height: 36px;
  margin: 5px; padding: 0; border: 0; border-radius: 8px; background: var(--accent); color: var(--on-accent);
  cursor: pointer; }
.composer .send:hover { filter: brightness(1.08); }
.composer .send svg { width: 18px; height: 18px; }
.composer .typing { height: 18px; padding: 0 14px 2px; color: var(--ink-3);
  font-size: var(--small);
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.composer .archived { padding: 12px 14px; color: var(--ink-3); font-size: var(--note); text-align: center;
  text-wrap: balance; }
.completion { position: fixed; z-index: 5; box-sizing: border-box; width: 100%; max-height: min(340px, 45dvh);
  overflow-y: auto; padding: 4px; background: var(--raised); border-radius: var(--radius-2);
  box-shadow: var(--shadow), 0 0 0 1px var(--line); }
.completion i { flex: none; width: 24px; overflow: clip; text-align: center; font: 18px/22px var(--emoji); }
.composer .note { color: var(--danger); font-size: var(--note); padding: 4px 12px 8px; }
@media (pointer: coarse) {
  .composer textarea, .q-field__native, .q-field__input, input[type=search] { font-size: 16px; }
  input[type=search]:not(.q-field__input), .entry-line, .quiet, .panel .solid { min-height: 40px; }
  .sidebar h2 .icon { width: 40px; height: 40px; } .newer { padding-block: 12px; }
  .switcher li, .completion li { padding-block: 9px; }
  .form .q-chip { height: 32px; } .form .q-chip__icon--remove { font-size: 24px; }
  .composer .send { width: 40px; height: 40px; margin: 4px; } }
@media (max-width: 719px) { .chat { grid-template-columns: minmax(0, 1fr); }
  .chat h1 { flex: 1; max-width: none; text-align: left; } .chat .topic { display: none; }
  .chat > header { gap: 4px; padding-inline-start: 8px; } .chat .icon { width: 40px; height: 40px; }
  #rooms { display: grid; }
  .chat > header { grid-area: 1 / 1; } .chat > .transcript { grid-area: 2 / 1; } .chat > .composer { grid-area: 3 / 1; }
  .sidebar { display: none; position: absolute; z-index: 3; inset: 52px 0 0 0; border: 0; }
  .sidebar a { min-height: 36px; } .shows-rooms .sidebar { display: flex; }
  .panel { grid-area: 2 / 1 / span 2; width: 100%; border: 0; } .panel > .icon { inset-block-start: 5px; }
  .said, .undo { grid-area: 2 / 1 / 3 / 2; }
  .transcript article:is([data-state=online], [data-state=away]):not(.follows)::before { inset-inline-start: 40px; }
  .transcript article, .transcript .pending { padding-inline: 12px; column-gap: 10px; }
  .day, .gap { padding-inline: 12px; } .follows .by { inset-inline-start: 6px; }
  .composer { padding-bottom: max(8px, env(safe-area-inset-bottom)); } }
'''

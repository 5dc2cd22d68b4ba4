"""The look of what a message says: paragraphs, lists, quotes, code and its colours, large emoji, actions."""

CSS = '''
/* Prose */
:root { --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --code: oklch(96.2% .005 265); --code-line: oklch(91% .008 265); --c-c: oklch(49% .02 265);
  --c-s: oklch(46% .12 150); --c-n: oklch(48% .13 55); --c-k: oklch(48% .19 290); --c-f: oklch(48% .14 245);
  --c-t: oklch(47% .13 20); --c-i: oklch(46% .12 150); --c-d: oklch(50% .18 25); }
@media (prefers-color-scheme: dark) {
  :root { --code: oklch(25% .015 265); --code-line: oklch(33% .016 265); --c-c: oklch(71% .015 265);
    --c-s: oklch(81% .12 150); --c-n: oklch(82% .11 70); --c-k: oklch(78% .13 300); --c-f: oklch(80% .1 245);
    --c-t: oklch(78% .12 20); --c-i: oklch(81% .12 150); --c-d: oklch(76% .13 25); } }
.text :is(p, ul, ol, blockquote, pre) { margin: 0; }
.text :is(p, ul, ol, blockquote, pre):not(:last-child) { margin-bottom: 6px; }
.text li > ul, .text li > ol { margin: 0; }
.text > p:has(+ .edited) { display: inline; }
.text li, .text p { unicode-bidi: plaintext; }
.text :is(ul, ol) { padding-inline-start: 24px; list-style: disc; white-space: normal; }
.text ol { list-style: decimal; } .text ol.long { list-style-position: inside; padding-inline-start: 0; }
.text li { white-space: pre-wrap; } .text li::marker { color: var(--ink-3); font-variant-numeric: tabular-nums; }
.text li + li { margin-top: 2px; } .text li > p:not(:last-child) { margin-bottom: 6px; }
.text blockquote { padding-inline-start: 12px; border-inline-start: 3px solid var(--edge); color: var(--ink-2); }
.text :is(strong, b) { font-weight: 650; }
.text code { padding: 1px 4px; border-radius: 4px; background: var(--code); font: 13px/1.45 var(--mono);
  unicode-bidi: isolate; }
.text pre { overflow-x: auto; max-width: 100%; box-sizing: border-box; padding: 10px 12px; border-radius: var(--radius);
  background: var(--code); box-shadow: inset 0 0 0 1px var(--code-line); white-space: pre; overflow-wrap: normal;
  text-align: left; tab-size: 4; scrollbar-width: thin; }
.text pre code { display: block; width: max-content; min-width: 100%; padding: 0; background: none; }
.text a { unicode-bidi: isolate; }
.text pre .c { color: var(--c-c); } .text pre .s { color: var(--c-s); } .text pre .n { color: var(--c-n); }
.text pre .k { color: var(--c-k); } .text pre .f { color: var(--c-f); } .text pre .t { color: var(--c-t); }
.text pre .i { color: var(--c-i); } .text pre .d { color: var(--c-d); }
.text .jumbo { font-size: 34px; line-height: 1.25; }
.text.action { color: var(--ink-2); font-style: italic; } .text .actor { font-weight: 600; }
'''

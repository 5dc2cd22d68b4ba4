"""Texts that try a message's rendering: what people write, and what attackers write. None is over 4,000 characters."""

MARKDOWN = [
    'plain words', 'two\nlines', 'a paragraph\n\nanother', 'a\n\n\n\nb', '**bold**', '__bold__', '*italic*', '_italic_',
    '***both***', '**a *b* c**', '~~gone~~', '~one~', '**open', 'a_b_c', '2*3*4', '* a *', '`code`', '``a ` b``', '`open',
    '`` ` ``', '```\ncode\n```', '```python\ndef f(): return "a"  # b\n```', '```no such language\nx\n```', '```js\n<b>\n', '```',
    '~~~\ncode\n~~~', '~~~', '> quote', '> quote\nno quote', '> a\n> > b\n> c', '>_<', '>:(', '>', '- a\n- b', '* a\n* b', '+ a', '-',
    '- - -', '---', '***', '___', '1. a\n2. b', '7. a', '1. a\n3. b', '1986. A year', '1) a', '- a\n  - b\n    - c', '- a\n\n- b',
    '- a\nb', '- > a\n  > b', '1. ```\n   x\n   ```', '- [ ] to do\n- [x] done', '# x', '## x ##', 'x\n===', 'x\n---',
    '| a | b |\n|---|---|\n| 1 | 2 |', '    indented', 'a\n    indented', '[a]: https://x.org\n[a]', '[^1]', '&amp; &lt; &#60; &copy;',
    '\\*not italic\\*', '\\`', 'C:\\Users\\ann', '\\d+\\.\\d*', '¯\\_(ツ)_/¯', '*¯\\_(ツ)_/¯*', 'a\\', 'a  \nb', 'a\\\nb', '/me waves', '/me **waves**',
    '/me', '@bob', '**@bob**', '`@bob`', ':smile:', ':SMILE:', ':smile::heart:', 'so :+1: it is', ':nosuch:', '10:30:45', '10:100:45',
    '`:smile:`', 'http://x.org/:smile:/', '😀', '😀😀😀', '👩‍👩‍👧‍👦', '🇩🇪', '1️⃣', '12', ':' * 100, 'a:b:c', '::: warning', 'x ' * 2000,
    'a ```\nb\n```\nc', '- a ```\nb\n```\n- c', '> a ```python\n> b\n> ``` c', 'a ```b {\nc\n```', 'use ``` here', '```json {"a":1}\n```', '**重要：**请', '**「テスト」**です',
    '~~删除（括号）。~~正确', '**价格：**100', '_「テスト」_です', r'\\server\share\_docs', r'C:\temp\_old\-x', r'domain\_user', '5*4*3=60', '2**10 and 3**2',
    'lib/**/*.js and test/**/*.js', 'a /* b */ c /* d */', '__init__.py', 'del *.* now', "l'*homme*", 'std::x::y', 'crate::key::Foo', '/users/:id:/edit', 'arr[:-1:]',
    ':+1::skin-tone-3:', ':rolling_eyes:', ':heart-on-fire:', '1. a\n2024. b', '24. Dezember ist frei', '+ 49 170 1234567', '- 5 °C', '- $5',
    'הרץ --help עכשיו', 'הרץ `--help` עכשיו', 'hello @דנה, 3 files', 'תריץ sudo rm -r /tmp/* עכשיו', 'ב-C++', 'טלפון +972-50-123', 'x\n    if x:\n        # return 1',
    '|a|b|\n|-|-|\n|1|2|3|', '# #42', '#42', '#lobby', '@bob/@cy', '@bob-@cy', '.@bob', 'hi...@bob', '请@bob', 'お疲れ様です@bob さん', 'спасибо@bob', '＠bob', '@bobさん',
    'a/@bob', 'node_modules/@scope', 'x@bob.org', '@bob@x.org', '@bob...hi', '_@bob_', '\\@bob', '@ann and @everyone', '@all', '@channel', '@here',
]
LINKS = [
    'https://example.com', 'see http://example.com/a?b=1&c=2.', '(https://example.com/a_(b))', '<https://example.com>',
    'HTTPS://EXAMPLE.COM/', 'https://münchen.example/ü', 'http://localhost:5000/chat', 'http://[::1]/', 'http://1.2.3.999/',
    'http://a.b:99999/', 'https://a.b/*x*_y_', '**https://a.b**', '~~https://a.b~~', '[text](https://example.com)',
    '[**bold**](https://example.com)', '[a](mailto:ann@example.com)', '[a](https://x.org "title")', '[a](<https://x.org>)',
    '[](https://x.org)', '[ ](https://x.org)', '[a]()', '[a](/path)', '[a](//x.org)', '[a](x.org)', '[a](ftp://x.org)',
    '[https://bank.example](https://evil.example)', '[bank.com](https://evil.example)', '[www.bank.de](https://evil.example)',
    '[ann@bank.com](mailto:eve@evil.example)', '[https://a.org](https://a.org)', '[a [b] c](https://x.org)',
    '[[a](https://x.org)](https://y.org)', '[a](https://x.org/(b))', '![a](https://x.org/a.png)', '![](https://x.org/a.png)',
    '[![a](https://x.org/a.png)](https://y.org)', 'https://bank.com@evil.example/', 'https://user:pw@x.org/',
    'https://x.org/\u202egnp.exe', '[x\u202e](https://x.org)', 'https://bank.com\u200b.evil.example', 'xn--bcher-kva.example',
    'www.example.com ann@example.com', 'ftp://example.com/*a*', 'mailto:ann@example.com', 'a://b', '://', 'https://', 'http://a\nb',
    '{"url":"https://x.org/a","b":1}', 'https://a.org/x,https://b.org/y', 'https://x.org/foo。これは次', '「https://x.org/foo」です', 'https://x.org/a’s', '“https://x.org/a”',
    'https://x.org/a…', 'look at https://x.org/a: good', 'https://x.org/(W(601))/Main?S=1', 'https://x.org/a{b', 'http://my_host/', 'http://[::1]:8080/', '(https://x.org)@bob',
    "https://x.org/what's-new", '1.https://x.org', 'Mail:ann@x.org', 'postgres://ann:pw@db.example.org', 'www.münchen.de:8080/a', '[ASP.NET docs](https://learn.microsoft.com/aspnet)',
    '[k](https://x.org/?p[]=1)', '[k](https://x.org/a(b(c)))', '[k](<https://x.org/a b>)', '[k](https://x.org/\\(b\\))', '[k](www.x.org)', '[bank․com](https://evil.example)', '[a\nb](https://x.org)',
]
ATTACKS = [
    '<script>alert(1)</script>', '<SCRIPT SRC=//x.org/a.js></SCRIPT>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>',
    '<svg><script>alert(1)</script></svg>', '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
    '<iframe src="javascript:alert(1)">', '<body onload=alert(1)>', '<a href="javascript:alert(1)">x</a>', '<style>*{x:y}</style>',
    '<link rel=stylesheet href=//x.org>', '<base href=//x.org>', '<meta http-equiv=refresh content=0>', '<form action=//x.org><input>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '<!--><img src=x onerror=alert(1)>-->', '<![CDATA[<b>]]>',
    '<?php echo 1 ?>', '</div></article><script>alert(1)</script>', '<p/onclick=alert(1)>', '<img """><script>alert(1)</script>">',
    '<details open ontoggle=alert(1)>', '<template><img src=x onerror=alert(1)></template>', '<x onclick=alert(1)>', '\'"><b>',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>', '<xmp><b></xmp>', '<plaintext>', '<textarea>',
    '[a](javascript:alert(1))', '[a](JaVaScRiPt:alert(1))', '[a](java\tscript:alert(1))', '[a](java\nscript:alert(1))',
    '[a](&#106;avascript:alert(1))', '[a](javascript&colon;alert(1))', '[a](%6aavascript:alert(1))', '[a](\\javascript:alert(1))',
    '[a]( javascript:alert(1))', '[a](\x01javascript:alert(1))', '[a](javascript://x.org/%0aalert(1))', '[a](vbscript:msgbox)',
    '[a](data:text/html,<script>alert(1)</script>)', '[a](data:text/html;base64,PHNjcmlwdD4=)', '[a](file:///etc/passwd)',
    '[a](blob:https://x.org/1)', '[a](view-source:https://x.org)', '<javascript:alert(1)>', 'javascript:alert(1)',
    'javascript://%0aalert(1)', 'data:text/html,<b>', 'vbscript:x', '![a](javascript:alert(1))', '![a](data:image/svg+xml,<svg>)',
    '[a](https://x.org"onmouseover="alert(1))', "[a](https://x.org'onmouseover='alert(1))", '[a](https://x.org`onx=1)',
    'https://x.org/"onmouseover="alert(1)', "https://x.org/'onmouseover='alert(1)", 'https://x.org/<script>', 'https://x.org/?a=<b>',
    '[a](https://x.org/"><script>alert(1)</script>)', '["><b>](https://x.org)', '[a](https://x.org "t\\"onx=\\"1")',
    '```"><script>alert(1)</script>\nx\n```', '```x" onmouseover="alert(1)\nx\n```', '```python" onx="1\nx\n```', '```<b>\nx\n```',
    '```html\n<script>alert(1)</script>\n```', '```js\n"</code></pre><script>alert(1)</script>"\n```', '`<b onclick=1>`',
    '```python\n"</span><img src=x onerror=alert(1)>"\n```', '@<b>', '@bob"onx="1', '@bob<script>', ':"><b>:', ':<b>:', ':smile"onx=1:',
    '> <script>alert(1)</script>', '- <img src=x onerror=alert(1)>', '1"onx="1. a', '**<b>**', '~~</s><script>~~', '<b>\n\n</b>',
    '[a]: javascript:alert(1)\n[a]', '[a]: <javascript:alert(1)> "x"\n\n[a][a]', '{{constructor.constructor("alert(1)")()}}',
    '${alert(1)}', '<%= 1 %>', '\u2028<script>\u2029', 'a\rb\r\nc', '\ufeff<b>', '＜script＞', 'a\xa0b', '\x1b[31m', 'a\x7f\x80\x9f',
    '\u202ereversed\u202c', '\u2066a\u2069', '**\u200b**', '*\u200d*', 'Z̸̧͖a̶l̷g̸o̵' * 20, 'a' + '\U000e0041' * 10, '\ufffe\uffff', 'ﷺ' * 100,
]
_UNITS = [
    '> ', '>', '- ', '* ', '1. ', '-\n', '- a\n', '> a\n', '- a\n\n', 'a\n\n', '\n>', '[', ']', '[](', '[a](', '![', '[a](https://a.b)', '[[a]',
    '(', '*', '**', '*a ', '**a', 'a**a', '*a_', '_*', '_a', '***a', '~', '~~', '~~a', '`', '``', '` ', '`a', '```\n', '~~~\n', '\\', '\\*', '&',
    '&amp;', '<', '<a ', '<!--', '</', ':', ':a', ':smile:', '@', '@a', '@bob ', '://', 'http://', 'https://a.b ', 'http://a.b/(', 'a.',
    '😀', '\U0001f468\u200d', 'e\u0301', '|', '#', '=\n', 'a\t', 'a\r', '"', "'", '¯\\_(ツ)_/¯',
]
_IN_CODE = ['"', "'", '/*', '//', '"""', '-', ':', '<a ', 'a=', '{', '\\', '"\\', '"""\\', '\n ', '@@', '$', '#[']
_CALLS = ['＠', '/@', 'a/@', '@a/', '@aあ', '@' + 'aあ' * 50, '@a.', '@all ', 'a.a', 'a.a/@', '\\@', '@ﷺ', 'a@', '@_', 'a@a.a/', '> @a\n', '@' + 'e\u0301' * 40, '@a..b--c', '@bob@x.org ']
_MADE_UP = [
    '|a|b|\n|-|-|\n|1|2|3|\n', 'a|b\n-|-\n', 'https://a.b،', '1.https://x', 'https://a-.', '(https://a.b)@', 'x://a@b.co', "a'a@", '[\n', '[a](a@b.co)', '[www.a](https://b.c)',
    '[a](\\(', '- a ```\nb\n', '- - ```\nb\n', 'a ```b c\n', '```{"a":1}\n', '```js a="b" ', '*.*', '重要：**', '_「', "l'*a*", 'a\\**\\', 'C:\\_', '__a_b__', ':+1::skin-tone-3:',
    'א--a', 'א a)', 'א (', 'א\n--a ', 'א - a', 'אa) (']
MONSTERS = [
    *((unit * 4000)[:4000] for unit in _UNITS),
    *((f'```{name}\n' + unit * 4000)[:3990] + '\n```' for unit in _IN_CODE for name in ('python', 'html', 'css', 'rust', 'yaml')),
    '*' * 2000 + 'a' + '*' * 2000, '[' * 2000 + 'a' + ']' * 2000, '> ' * 1000 + 'a\n' * 500, '`' * 1999 + 'a' + '`' * 2000,
    ''.join('`' * i + 'a' for i in range(1, 88)), ''.join(f'{" " * 2 * i}- a\n' for i in range(60)),
    *((unit * 4000)[:4000] for unit in [*_CALLS, *_MADE_UP]), '/' * 3990 + '@a',
    ''.join('> ' * i + 'a\n' for i in range(1, 40)), 'https://a.b/' + '(' * 3900, 'https://' + 'a.' * 1990, '[a](https://a.b/' + '(' * 3900,
    f'[{"!" * 3900}a](https://b.c)', f'[www.{"." * 3800} ](https://b.c)', f'[{"a." * 1900}](https://b.c)', '[a](https://b.c/' + '\\(' * 1300 + ')', 'https://' + 'a-.' * 1300,
    '- a ```\n' * 40 + 'x\n' * 1800, 'a ```\n' * 39 + 'b\n' * 1800, ''.join(f'{" " * 2 * i}- a ```x y\n' for i in range(30)) + 'x\n' * 1300,
    'א ' + 'a)' * 1990, 'א ' + '(' * 1900 + 'a' + ')' * 1900, 'א a' + ' -' * 1990, 'א\n' + '--a b\n' * 660, '__' + 'a_' * 1990, "a'" * 1900 + '@b.co',
]
TEXTS = list(dict.fromkeys(text[:4000].strip() for text in [*MARKDOWN, *LINKS, *ATTACKS, *MONSTERS]))

"""What marks mean beside letters of all scripts, in sums, paths and code."""
import pytest

from chat.text import markdown


@pytest.mark.parametrize(('text', 'html'), [
    ('**重要：**请', '<strong>重要：</strong>请'),
    ('**「テスト」**です', '<strong>「テスト」</strong>です'),
    ('これは**「引用」**です', 'これは<strong>「引用」</strong>です'),
    ('~~删除（括号）。~~正确', '<s>删除（括号）。</s>正确'),
    ('他说*“你好”*了', '他说<em>“你好”</em>了'),
    ('使用API**重点**说明', '使用API<strong>重点</strong>说明'),
    ('**test(1)**です', '<strong>test(1)</strong>です'),
    ('**สำคัญ!**ครับ', '<strong>สำคัญ!</strong>ครับ'),
    ('**강조(중요)**입니다', '<strong>강조(중요)</strong>입니다'),
    ('这是*重点*吗', '这是<em>重点</em>吗'),
    ('**world**你好', '<strong>world</strong>你好'),
    ('**价格：**100元', '<strong>价格：</strong>100元'),
    ('**重要 提示：**A方案', '<strong>重要 提示：</strong>A方案'),
    ('API**「重点」**abc', 'API<strong>「重点」</strong>abc'),
    ('Python~~（パイソン）~~3', 'Python<s>（パイソン）</s>3'),
    ('_「テスト」_です', '<em>「テスト」</em>です'),
    ('_重要：_请', '<em>重要：</em>请'),
    ('用户_名称_表', '用户_名称_表'),
    ('glob是**/*.js和**/*.ts', 'glob是**/*.js和**/*.ts'),
])
def test_emphasis_beside_punctuation_of_scripts_without_spaces(text, html):
    assert markdown.body(text) == html


@pytest.mark.parametrize('text', [
    '5*4*3=60', '2**10 and 3**2', 'x**n and y**m', '3*(a+b)*2', '(a)*b*(c)', 'a*b*c', 'a**b**c', '2*x and 3*y', 'lib/**/*.js and test/**/*.js',
    'src/*.ts, lib/*.js', '*.js and *.ts', '**/*.js and **/*.ts', 'a /* b */ c /* d */', 'int *a, *b;', 'f(*args, **kwargs)', 'SELECT *, a.* FROM t',
    'count(*) and sum(*)', '"a"*2 and "b"*3', '__init__.py', '__init__', '__name__ == "__main__"', 'obj.__dict__', 'self.__class__.__name__',
    'snake_case_name', '_private and _other', '/path/_x_/y', '$_GET and $_POST', 'un*fri*gging', 'при*вет*ик', 'f**k this s**t', 'a~~b~~c', '~/x and ~/y',
    'del *.* now', 'Accept: */*', 'x*_* and (*^^*)', '*-* *_* _._', "'*'+'*'", '"*" and "*"', '.*foo.* and .*bar.*', '¯_(ツ)_/¯', '__NEXT_DATA__', '__proto__',
    '__FILE__ and __LINE__', '__foo__() and __bar__()', 'src/__tests__/a.js', '(x)**2 and (y)**2', '(x)**2**n', "'a'*2 + 'b'*2", '"a"*2, "b"*2', 'com.foo.** and org.bar.**',
    'int *p, **q', '/** a **/', 'f(x)*g(x)*h(x)', '$5*$3*$2', '50%*20%*3', '-2*-3*-4', "5'*6'*7'"])
def test_stars_and_underscores_in_words_sums_and_paths_are_shown_as_typed(text):
    assert markdown.full(text) == markdown.body(text) == text


@pytest.mark.parametrize(('text', 'html'), [
    ('**API**s', '<strong>API</strong>s'), ('**yes**/**no**', '<strong>yes</strong>/<strong>no</strong>'), ('**/etc/hosts**', '<strong>/etc/hosts</strong>'),
    ('"*a*" (*b*) *c*, _d_.', '"<em>a</em>" (<em>b</em>) <em>c</em>, <em>d</em>.'), ('*foo_bar*', '<em>foo_bar</em>'), ('_foo_bar_', '<em>foo_bar</em>'),
    ('**2*3**', '<strong>2*3</strong>'), ('🎉**yes**🎉', '🎉<strong>yes</strong>🎉'), ('**Note:** a', '<strong>Note:</strong> a'), ('*a* - *b*', '<em>a</em> - <em>b</em>'),
    ("l'*homme* d'**accord** qu'~~il~~ l'_idée_", "l'<em>homme</em> d'<strong>accord</strong> qu'<s>il</s> l'<em>idée</em>"), ('*a*,*b*', '<em>a</em>,<em>b</em>'),
    ('and/**or** 5/**10**', 'and/<strong>or</strong> 5/<strong>10</strong>'), ('(1)**a** 1.**b**', '(1)<strong>a</strong> 1.<strong>b</strong>'),
    ('**end**.Next', '<strong>end</strong>.Next'), ('...*a*...', '...<em>a</em>...'), ('**!** **->** *"a"*', '<strong>!</strong> <strong>-&gt;</strong> <em>"a"</em>'),
    ('[a](https://x.org)**b**', None), ('__foo bar__', '<strong>foo bar</strong>')])
def test_emphasis_of_words_stays(text, html):
    assert markdown.body(text) == html if html else markdown.body(text).endswith('</a><strong>b</strong>')


@pytest.mark.parametrize('text', [
    r'\\server\share\_docs', r'C:\temp\_old\-x', r'domain\_user', r'C:\temp\*.txt', r'D:\*', r'..\_x', r'~\_x', r'%APPDATA%\_x', r'a\b\*c', r'C:\\temp\\x',
    r'\\server\c$\_x and \\other\_y', r'HKLM\Software\_x',
    r'(C:\_x)', r'"C:\_x"', r'path=C:\_x', r'HKCU:\Software\*', r'src\**\*.cs', r'\\?\C:\_x', r'\\.\pipe\_x', r'grep "a\|b"', r'\d+\-\d+', r'x \#5 \- 6', r'a\+b'])
def test_a_backslash_in_a_path_is_no_escape(text):
    assert markdown.body(text) == text
    assert markdown.plain(text, 100) == text


@pytest.mark.parametrize(('text', 'shown'), [
    (r'\*a\*', '*a*'), (r'\_a\_', '_a_'), (r'5\*4\*3', '5*4*3'), (r'\`a\`', '`a`'), (r'\# a', '# a'), (' \\- a', ' - a'), ('a\n\\+ b', 'a\n+ b'), ('**C:\\_x**', '<strong>C:\\_x</strong>'), (r'\> a', '&gt; a'), (r'1\. a', r'1\. a'), (r'\\', '\\'),
    (r'\[a](https://x.org)', None)])
def test_a_backslash_before_a_mark_is_one(text, shown):
    html = markdown.body(text)
    assert html == shown if shown else html.startswith('[a](<a href')

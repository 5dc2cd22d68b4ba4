"""Serves scripts and style sheets at URLs that change with their content, so that browsers keep them.

The scripts are ES modules, of which two forms are used: `import {a, b} from "./c.js";` and `export` at the beginning of
a line. A module is joined with all that it imports into one file, since forty files would be a third more bytes; each
top-level name stands for one thing in all of them, which a test checks.
"""
import gzip
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import rjsmin
from fastapi import Request, Response
from nicegui import app

HERE = Path(__file__).parent
FOREVER = 'public, max-age=31536000, immutable'
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r'^export (?=const |let )', re.MULTILINE)
REDUNDANT = re.compile(r'/\*.*?\*/|^\s+', re.DOTALL | re.MULTILINE)
MINIFY: dict[str, Callable[[str], str]] = {'js': rjsmin.jsmin, 'css': lambda sheet: REDUNDANT.sub('', sheet)}
TYPES = {'css': 'text/css', 'js': 'text/javascript', 'html': 'text/html', 'wav': 'audio/wav'}


def source(name: str) -> str:
    """Return the text of a module."""
    return (HERE / f'{name}.js').read_text()


def modules(name: str, *beside: str) -> list[str]:
    """Return a module and all that it imports, directly or not, each after what it imports itself.

    Modules `beside` it, from which it needs nothing, come before the module itself.
    """
    found: dict[str, None] = {}

    def visit(module: str) -> None:
        if module not in found:
            for imported in IMPORT.findall(source(module)):
                visit(imported)
            found[module] = None

    for module in [*IMPORT.findall(source(name)), *beside, name]:
        visit(module)
    return list(found)


def script(name: str, *beside: str) -> str:
    """Return a module joined with all that it imports, and those beside it; only what it exports is exported."""
    *others, _ = modules(name, *beside)
    return ''.join(EXPORT.sub('', IMPORT.sub('', source(other))) for other in others) + IMPORT.sub('', source(name))


def style(*names: str) -> str:
    """Return style sheets, joined."""
    return ''.join((HERE / 'styles' / f'{name}.css').read_text() for name in names)


def compact(content: str, kind: str) -> str:
    """Remove comments and white space of a script ("js") or style sheet ("css"): a ninth of what is sent."""
    return MINIFY.get(kind, str)(content)


def serve(content: str | bytes, kind: str) -> str:
    """Serve a style sheet (`kind` "css"), a script ("js"), HTML for scripts or a sound ("wav"); return its URL path.

    It is compressed once, since anybody may request it, as often as they like.
    """
    plain = content if isinstance(content, bytes) else compact(content, kind).encode()
    packed = gzip.compress(plain)
    url = f'/assets/{hashlib.sha256(plain).hexdigest()[:16]}.{kind}'
    headers = {'Cache-Control': FOREVER}
    of_packed = {**headers, 'Content-Encoding': 'gzip', 'Vary': 'Accept-Encoding'}

    async def asset(request: Request) -> Response:
        if 'gzip' in request.headers.get('accept-encoding', ''):
            return Response(packed, media_type=TYPES[kind], headers=of_packed)
        return Response(plain, media_type=TYPES[kind], headers=headers)

    app.get(url, include_in_schema=False)(asset)
    return url

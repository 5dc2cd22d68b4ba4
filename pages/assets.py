"""Styles and scripts live in Python strings; browsers get them once, under an address that changes with the content."""
import hashlib
import re

from fastapi import Response
from nicegui import app

FOREVER = 'public, max-age=31536000, immutable'
ROOM_TO_READ = re.compile(r'^\s*//.*\n|^\s+', re.MULTILINE)
TYPES = {'css': 'text/css', 'js': 'text/javascript'}


def serve(content: str, kind: str) -> str:
    """Serve a style sheet ("css") or a script ("js"); return its address.

    Without indentation, and without lines that are comments of scripts: that is a tenth of what a browser loads of it.
    """
    content = ROOM_TO_READ.sub('', content)
    url = f'/assets/{hashlib.sha256(content.encode()).hexdigest()[:16]}.{kind}'

    def asset() -> Response:
        return Response(content, media_type=TYPES[kind], headers={'Cache-Control': FOREVER})

    app.get(url, include_in_schema=False)(asset)
    return url

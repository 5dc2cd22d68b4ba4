"""Styles and scripts live in Python strings; browsers get them once, under an address that changes with the content."""
import hashlib

from fastapi import Response
from nicegui import app

FOREVER = 'public, max-age=31536000, immutable'
TYPES = {'css': 'text/css', 'js': 'text/javascript'}


def serve(content: str, kind: str) -> str:
    """Serve a style sheet ("css") or a script ("js"); return its address."""
    url = f'/assets/{hashlib.sha256(content.encode()).hexdigest()[:16]}.{kind}'

    def asset() -> Response:
        return Response(content, media_type=TYPES[kind], headers={'Cache-Control': FOREVER})

    app.get(url, include_in_schema=False)(asset)
    return url

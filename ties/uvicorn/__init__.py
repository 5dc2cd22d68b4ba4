"""uvicorn's connections, with limits on what each and all together may cost before the application reads anything.

uvicorn limits neither the size of request heads nor time, httptools no headers, wsproto no frames.
"""
from .connections import (
    CONNECTION,
    UNFINISHED_BYTES,
    Connections,
    connections,
    is_stranger,
    raise_file_limit,
    recognise,
)
from .http import Http
from .wire import KNOWN_BYTES, STRANGERS_BYTES, Wire

__all__ = ['CONNECTION', 'KNOWN_BYTES', 'STRANGERS_BYTES', 'UNFINISHED_BYTES', 'Connections', 'Http', 'Wire',
           'connections', 'is_stranger', 'raise_file_limit', 'recognise']

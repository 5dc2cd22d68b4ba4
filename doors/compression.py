"""Compresses responses, and NiceGUI's files only once: anybody may request them, and each takes up to 0.2 s."""
from posixpath import normpath

import nicegui
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVEL = 6
'''Level of gzip. Starlette's default, 9, takes up to twice the time to save two more bytes in a thousand.'''

FILES = tuple(f'/_nicegui/{nicegui.__version__}/{folder}/' for folder in ('static', 'esm', 'components', 'libraries'))
'''Path prefixes of NiceGUI's static files, which do not change while the server runs.'''

CONDITIONS = {'if-none-match', 'if-modified-since', 'range'}
'''Headers with which a file is sent uncompressed: a response to them, often 304 or a part of the file, is not kept.'''


class Compression(GZipMiddleware):
    """Compresses responses, and caches the compressed responses for NiceGUI's static files in memory."""

    def __init__(self, inner: ASGIApp) -> None:
        super().__init__(inner, compresslevel=LEVEL)
        self.kept: dict[str, tuple[Message, bytes]] = {}
        self._under_way: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, from the cache if possible."""
        path = normpath(scope['path']) if scope['type'] == 'http' else ''  # "a//b" and "a/b" are the same file
        if not path.startswith(FILES) or not _is_compressed(scope):
            await super().__call__(scope, receive, send)
        elif not CONDITIONS.isdisjoint(Headers(scope=scope)):
            await IdentityResponder(self.app, self.minimum_size)(scope, receive, send)
        elif path in self.kept:
            start, body = self.kept[path]
            await send({**start, 'headers': [*start['headers']]})
            await send({'type': 'http.response.body', 'body': body})
        elif path in self._under_way:  # somebody's request has it compressed right now: once is enough
            await IdentityResponder(self.app, self.minimum_size)(scope, receive, send)
        else:
            self._under_way.add(path)
            try:
                await super().__call__(scope, receive, self._keeping(path, send))
            finally:
                self._under_way.discard(path)

    def _keeping(self, path: str, send: Send) -> Send:
        """Wrap `send` so that a response that was compressed is cached when it is complete."""
        start: Message = {}
        parts: list[bytes] = []

        async def send_and_keep(message: Message) -> None:
            nonlocal start
            if message['type'] == 'http.response.start':
                start = {**message, 'headers': [*message['headers']]}
            else:
                parts.append(message.get('body', b''))
                if not message.get('more_body'):
                    self._keep(path, start, b''.join(parts))
            await send(message)

        return send_and_keep

    def _keep(self, path: str, start: Message, body: bytes) -> None:
        headers = MutableHeaders(raw=start['headers'])
        if start['status'] == 200 and 'content-encoding' in headers:
            headers['content-length'] = str(len(body))
            self.kept[path] = start, body


def _is_compressed(scope: Scope) -> bool:
    return scope['method'] == 'GET' and 'gzip' in Headers(scope=scope).get('accept-encoding', '')

"""What the fuzzer sends: valid pieces, put together, and then spoilt.

The same seed and number always make the same input. What a server gives out (sessions, pages) stands in it by a name,
and the fuzzer puts in what it was given.
"""
import json
import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .raw import BINARY, CLOSE, CONTINUATION, KEY, PAGE, PING, PONG, PROGRAM, TEXT

SESSION, CLIENT, ENTRY, SID = (f'@{name}@'.ljust(size, '~') for name, size in (
    ('session', 43), ('client', 36), ('entry', 36), ('sid', 20)))
'''A member's cookie, the number of that member's page, the number of a stranger's page, and a polling session; as long as
what is put in their place.'''
UPGRADED = {'frames', 'packets', 'of_nicegui'}
'''Kinds that begin with a request for a WebSocket.'''
LARGEST = 200_000
'''Bytes of an input, more or less: sizes are not the fuzzer's subject.'''
SPOILT = 0.5
'''Share of the inputs that are spoilt; the others get further.'''

METHODS = 'GET POST HEAD PUT DELETE OPTIONS PATCH TRACE CONNECT PRI get GE'.split()
PATHS = ['/', '/chat', '/chat/1', '/chat/x', '/login', '/register', '/logout', '/session/x', '/favicon.ico', '/not/there', '*',
         '//', '/..', '/%00', '/%2e%2e/%2e%2e', '/%ff%fe', '/%', '/chat/%0a%1b[31m', 'http://127.0.0.1/', 'http://[', '/#', '/?%ff',
         '/chat?at=99999999999999999999', '/chat/' + '9' * 400, '/_nicegui/3.18.0/static/nicegui.js', '/_nicegui/x',
         '/_nicegui/3.18.0/static/%2e%2e/nicegui.py', '/_nicegui/3.18.0/components/x', '/_nicegui/3.18.0/resources/x/y',
         '/_nicegui/3.18.0/esm/x/y', '/_nicegui/3.18.0/dynamic_resources/x', '/_nicegui/client/x/upload/1', PROGRAM, PAGE,
         '/assets/x.js', '/openapi.json', '/docs', '/\u00e9', '/x' * 200]
VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'HTTP/', '', 'http/1.1', 'HTTP/1.1 x']
FORM = b'username=mallory&password=wrong+horse+7'
HEADERS = [
    'Connection: close', 'HTTP2-Settings: AAMAAABk', f'Sec-WebSocket-Key: {KEY}', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Version: 99', 'Sec-WebSocket-Protocol: a, b',
    'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99', 'Content-Type: application/x-www-form-urlencoded',
    'Content-Type: multipart/form-data; boundary=x', 'Content-Type: multipart/form-data; boundary=', 'Content-Type: multipart/form-data',
    'Content-Type: text/plain; a=b; a="', 'Content-Type: application/x-www-form-urlencoded; charset=utf-7', 'Content-Encoding: gzip',
    'Expect: 100-continue', f'Cookie: chatroom_session={SESSION}', 'Cookie: chatroom_session=', 'Cookie: chatroom_session="\\"',
    'Cookie: a="' + '\\"' * 50 + '"', 'Cookie: chatroom_nonce=x; chatroom_nonce=y', 'Cookie: ;;=;',
    f'Cookie: chatroom_session={SESSION}; chatroom_session=x', 'Origin: http://127.0.0.1', 'Origin: https://evil.example', 'Origin: null',
    'Origin: http://[', 'Sec-Fetch-Site: cross-site', 'X-Forwarded-For: 1.2.3.4', 'X-Forwarded-For: x, ::ffff:1.2.3.4',
    'X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.example', 'X-Forwarded-Prefix: /x', 'Range: bytes=0-1',
    'Range: bytes=-99999999999', 'Range: bytes=1-0,0-1,5-', 'If-None-Match: *', 'If-Modified-Since: x', 'If-Range: "x"',
    'Accept-Encoding: gzip', 'Accept-Encoding: gzip;q=x', 'Accept-Language: \xff', 'X: ' + 'x' * 3, 'X-\xe9: y', 'TE: trailers',
]
BROKEN_HEADERS = [
    'Host: 127.0.0.1', 'Host: ', 'Host: [::1', 'Host: a@b:c', 'Connection: keep-alive, Upgrade', 'Upgrade: websocket', 'Upgrade: h2c',
    'Content-Length: 0', 'Content-Length: 5', 'Content-Length: -1', 'Content-Length: 1e9', 'Content-Length: 99999999999999999999999',
    'Content-Length: 5, 5', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: x', 'Expect: x',
    'X-Forwarded-Proto: \x01', ' folded: x', 'no colon', ': no name', 'X : y', 'X:\ty\x0b', 'X: \x00', 'X: a\rb',
]
TEXTS = ['hello', '', ' ', '\0', '\ud83d', '\U0001f389' * 20, '@everyone', '@mallory ' * 20, '*_`~' * 100, '[' * 500, '| a |\n|-|\n| b |',
         'https://example.org/' + 'x' * 300, '/me waves', 'x' * 4_000, 'x' * 4_001, '\u202e\u200d', '\ufdfa' * 200, '&lt;<b>', '\r\n\x1b[31m']
VALUES: list[Any] = [None, True, False, 0, 1, -1, 2, 10**9, 2**63, 2**64, -2**63, 10**30, 0.5, 1e308, [], {}, [[]], {'a': 1}, '1', 'x',
                     *TEXTS]
ARGUMENTS = {
    'send_message': ['message', 'room', 'client_id', 'reply_to'], 'changes': ['room', 'since'], 'search': ['query', 'before'],
    'history': ['room', 'before', 'after', 'limit'], 'edit_message': ['id', 'message'], 'delete_message': ['id'],
    'react': ['id', 'emoji', 'on'], 'pin': ['id', 'on'], 'save': ['id', 'on'], 'pinned': ['room'], 'saved': [], 'rooms': [], 'browse': [],
    'create_room': ['name', 'kind', 'members'], 'open_direct': ['members'], 'update_room': ['room', 'name', 'topic', 'kind', 'archived'],
    'join': ['room'], 'leave': ['room'], 'invite': ['room', 'username'], 'remove': ['room', 'username'], 'members': ['room'],
    'typing': ['room'], 'read': ['room', 'id'], 'mark_unread': ['room', 'id'], 'notify': ['room', 'level'], 'open': ['room', 'at'],
    'counts': ['room'], 'resume': ['room', 'since', 'epoch', 'first', 'limit'], 'scroll': ['room', 'before', 'after', 'limit'], 'mentions': ['before', 'through'],
    'saved_list': [], 'saved_ids': [], 'find': ['query', 'before', 'zone', 'through'], 'excerpt': ['id', 'query'], 'cited': ['id'], 'day': ['room', 'day', 'zone'], 'mine': ['room'], 'usual': [], 'pinned_list': ['room'],
    'people': ['room'], 'naming': ['room', 'typed'], 'here': [], 'attend': ['in_view', 'active'],
}
LIKELY: dict[str, list[Any]] = {
    'room': [1, 2, 3], 'id': [1, 2, 3], 'kind': ['open', 'closed', 'direct'], 'level': ['all', 'mentions', 'nothing', 'hidden'],
    'on': [True, False], 'emoji': ['\U0001f389', ':+1:'], 'members': [['ann'], ['mallory'], ['nobody']], 'username': ['ann', 'mallory'],
    'zone': ['UTC', 'Europe/Berlin', '../../etc/passwd', 'x'], 'query': ['hello', '"a b"', 'from:ann in:lobby', 'before:2026-99-99', 'has:link', '*'],
    'limit': [1, 50, 200], 'since': [0, 1], 'epoch': ['x'], 'in_view': [True], 'active': [False], 'archived': [True, False],
}
OF_NICEGUI = ['event', 'ack', 'handshake', 'javascript_response', 'log']
KEYS = ['client_id', 'id', 'listener_id', 'args', 'next_message_id', 'tab_id', 'document_id', 'old_tab_id', 'request_id', 'result',
        'level', 'message', 'implicit_handshake', 'room', 'me', 'name', 'build']
ODD_JSON = ['NaN', '-Infinity', '[' * 2_000, '[' * 500 + ']' * 500, '{"a":' * 300 + '1' + '}' * 300, '"\\ud800"', '1' * 5_000, '1e999',
            '-', '{"a":1,"a":2}', '"\\u0000"', "'x'", '[1,]', '{', '\ufeff1', '{"_placeholder":true,"num":0}', '{"__proto__":{}}']


@dataclass
class Input:
    """What is sent over one connection, one piece after the other, and in between waits for whatever comes."""

    kind: str
    pieces: list[bytes] = field(default_factory=list)
    says_goodbye: bool = False
    '''Whether the sender ends its half of the connection first, or all of it at once.'''


class Maker:
    """Makes inputs from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.pick = chance.choice

    def make(self) -> Input:
        kind = self.pick([self.http, self.http, self.polling, self.frames, self.packets, self.packets, self.of_nicegui])
        made = kind()
        if self.chance.random() < SPOILT:
            start = 1 if made.kind in UPGRADED and self.chance.random() < 0.9 else 0  # a handshake that fails leads nowhere
            for _ in range(self.chance.randint(1, 3)):
                at = self.chance.randrange(start, len(made.pieces))
                made.pieces[at] = self.spoil(made.pieces[at], made.pieces)[:LARGEST]
        made.says_goodbye = self.chance.random() < 0.3
        return made

    # Spoiling -------------------------------------------------------------------------------------------------------

    def spoil(self, piece: bytes, others: Sequence[bytes]) -> bytes:
        """One of the ways in which bytes go wrong."""
        start, end = sorted(self.chance.randrange(len(piece) + 1) for _ in range(2))
        ways: list[Callable[[], bytes]] = [
            lambda: piece[:start],
            lambda: piece[:start] + piece[end:],
            lambda: piece[:end] + piece[start:],
            lambda: piece[:start] + piece[start:end] * self.pick([2, 3, 50]) + piece[end:],
            lambda: piece[:start] + self.pick(others)[-self.chance.randrange(1, 200):] + piece[end:],
            lambda: piece[:start] + self.chance.randbytes(self.chance.randrange(1, 9)) + piece[start:],
            lambda: self._flipped(piece),
            piece.swapcase,
            lambda: piece[:start] + self.pick([b'\r\n', b'\n', b'\0', b'\r\n\r\n', b'%', b'\xff', b'"', b'[', b'\x1e', b' ']) + piece[start:],
        ]
        return self.pick(ways)()

    def _flipped(self, piece: bytes) -> bytes:
        flipped = bytearray(piece)
        for _ in range(self.chance.randint(1, 4) if piece else 0):
            flipped[self.chance.randrange(len(flipped))] ^= 1 << self.chance.randrange(8)
        return bytes(flipped)

    # HTTP -----------------------------------------------------------------------------------------------------------

    def http(self) -> Input:
        """One request or several, of any kind."""
        requests = b''.join(self._request() for _ in range(self.pick([1, 1, 1, 2, 3, 10])))
        cut = self.chance.randrange(len(requests))
        return Input('http', [requests[:cut], requests[cut:]] if self.chance.random() < 0.2 else [requests])

    def _request(self) -> bytes:
        method, path = self.pick(METHODS[:3] if self.chance.random() < 0.7 else METHODS), self.pick(PATHS)
        version = VERSIONS[0] if self.chance.random() < 0.9 else self.pick(VERSIONS)
        headers = ['Host: 127.0.0.1', *self.chance.choices(HEADERS, k=self.pick([0, 0, 1, 1, 2, 6]))]
        if self.chance.random() < 0.2:
            headers.insert(self.chance.randrange(len(headers) + 1), self.pick(BROKEN_HEADERS))
        if self.chance.random() < 0.02:
            headers += [f'X-{i}: {"x" * self.chance.randrange(300)}' for i in range(300)]
        body = b''
        if self.chance.random() < 0.5:
            body = self.pick([FORM, FORM * 500, self._multipart(), self.chance.randbytes(50), b'{"username": 1}'])
            kind = self.pick(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
            headers += [f'Content-Type: {kind}', f'Content-Length: {len(body)}']
            if self.chance.random() < 0.3:
                headers[-1], body = 'Transfer-Encoding: chunked', self._chunked(body)
        return '\r\n'.join([f'{method} {path} {version}', *headers, '', '']).encode('utf-8', 'surrogatepass') + body

    def _multipart(self) -> bytes:
        name = self.pick(['username', 'password', 'x"; filename="y', '\\"', ''])
        return (f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nmallory\r\n' * self.pick([1, 2, 100]) + '--x--\r\n').encode()

    def _chunked(self, body: bytes) -> bytes:
        sizes = ['%x', '%X', '0%x', '%x;a=b', '%x;' + 'x' * 500, '-%x', '%x ', '0x%x', '%xg', 'ffffffffffffffff%x']
        size = (sizes[0] if self.chance.random() < 0.5 else self.pick(sizes)) % len(body)
        return f'{size}\r\n'.encode() + body + self.pick([b'\r\n0\r\n\r\n', b'0\r\n\r\n', b'\r\n0\r\nX: y\r\n\r\n', b'\r\n0\r\nX', b''])

    # Polling --------------------------------------------------------------------------------------------------------

    def polling(self) -> Input:
        """Requests of a session that is there, or of none."""
        queries = [f'EIO=4&transport=polling&sid={SID}', 'EIO=4&transport=polling', 'EIO=3&transport=polling', 'EIO=4&transport=polling&sid=x',
                   'EIO=4&transport=polling&j=1', f'EIO=4&transport=websocket&sid={SID}', f'EIO=4&transport=polling&client_id={CLIENT}',
                   f'EIO=4&transport=polling&b64=1&sid={SID}', f'EIO=x&sid={SID}&sid=y', '%ff=%00']
        cookie = self.pick([f'Cookie: chatroom_session={SESSION}', 'X: y'])
        pieces = []
        for _ in range(self.chance.randint(1, 3)):
            target = f'{self.pick([PROGRAM, PAGE])}?{queries[0] if self.chance.random() < 0.6 else self.pick(queries)}'
            body = '\x1e'.join(self.packet() for _ in range(self.pick([0, 1, 2, 17]))).encode('utf-8', 'surrogatepass')
            method = 'POST' if body or self.chance.random() < 0.2 else 'GET'
            pieces.append(f'{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body)
        return Input('polling', pieces)

    # WebSockets -----------------------------------------------------------------------------------------------------

    def _opening(self) -> bytes:
        """A valid request for a socket of a member's page or program, or of a stranger."""
        member, path, query = f'Cookie: chatroom_session={SESSION}\r\n', PAGE, 'implicit_handshake=true&tab_id=t&document_id=d&next_message_id=0'
        program, chat, entry = (member, PROGRAM, ''), (member, path, f'&client_id={CLIENT}&{query}'), ('', path, f'&client_id={ENTRY}&{query}')
        cookie, path, query = self.pick([
            *[program] * 5, *[chat] * 5, *[entry] * 3, ('', PROGRAM, ''), ('', path, f'&client_id={CLIENT}&{query}'),
            (member, path, f'&client_id={CLIENT}'),
            (member, path, f'&client_id=00000000-0000-4000-8000-000000000000&room=1&me=2&name=mallory&build=x&{query}')])
        return (f'GET {path}?EIO=4&transport=websocket{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                f'Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{cookie}\r\n').encode()

    def framed(self, opcode: int, payload: bytes, *, fin: bool = True, reserved: int = 0) -> bytes:
        """With any mask, and sometimes none, or a length that is longer than it need be, or a lie."""
        mask = bytes(4) if b'@' in payload else self.pick([bytes(4), self.chance.randbytes(4)])  # names must stay readable
        size = len(payload) if self.chance.random() < 0.98 else self.pick([0, 1, 125, 126, 65_535, 2**31, 2**63, 2**64 - 1])
        wide = self.pick([*[0] * 60, 2, 8]) if size < 126 else 2 if size < 65_536 else 8
        length = bytes([0x80 | size]) if not wide else bytes([0x80 | (126 if wide == 2 else 127)]) + size.to_bytes(wide, 'big')
        if self.chance.random() < 0.01:
            length, mask = bytes([length[0] & 0x7F]) + length[1:], b''
        data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)) if any(mask) else payload
        return bytes([fin << 7 | reserved << 4 | opcode]) + length + mask + data

    def frames(self) -> Input:
        """Frames of all kinds, some of which are Socket.IO."""
        return Input('frames', [self._opening(), self.framed(TEXT, b'40'), *(self._any_frame() for _ in range(self.chance.randint(1, 12)))])

    def _any_frame(self) -> bytes:
        code = struct.pack('!H', self.pick([0, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 4999, 5000, 65_535]))
        return self.pick([
            lambda: self.framed(TEXT, self.packet().encode('utf-8', 'surrogatepass')),
            lambda: self.framed(TEXT, self.pick([b'\xff', b'\xc3', b'\xed\xa0\x80', b'\xf4\x90\x80\x80', b'', b'2probe', b'5', b'3', b'6', b'1'])),
            lambda: self.framed(BINARY, self.pick([b'', b'\x04', b'42["x"]', self.chance.randbytes(200)])),
            lambda: self.framed(self.pick([PING, PONG]), self.chance.randbytes(self.pick([0, 1, 125, 126, 1_000]))),
            lambda: self.framed(CLOSE, self.pick([b'', b'\x03', code, code + b'bye', code + b'\xff', code + b'x' * 200])),
            lambda: self.framed(self.chance.randrange(16), b'x', fin=self.pick([True, False]), reserved=self.chance.randrange(8)),
            lambda: self._fragmented(self.packet().encode('utf-8', 'surrogatepass')),
        ])()

    def _fragmented(self, payload: bytes) -> bytes:
        """With control frames between, and sometimes without an end."""
        size = self.pick([1, 2, 7, 1_000]) if len(payload) < 2_000 else 1_000
        pieces = [payload[at:at + size] for at in range(0, len(payload), size)] or [b'']
        made = b''
        for i, piece in enumerate(pieces):
            made += self.framed(CONTINUATION if i else TEXT, piece, fin=i == len(pieces) - 1 and self.chance.random() < 0.9)
            made += self.framed(self.pick([PING, PONG]), b'') if self.chance.random() < 0.1 else b''
        return made

    # Packets --------------------------------------------------------------------------------------------------------

    def packets(self) -> Input:
        """Socket.IO on a good connection."""
        return Input('packets', [self._opening(), self.framed(TEXT, b'40'), *(
            self.framed(TEXT, self.packet().encode('utf-8', 'surrogatepass')) for _ in range(self.chance.randint(1, 12)))])

    def packet(self) -> str:
        """Make a packet of Engine.IO, most often a message of Socket.IO."""
        number = self.pick(['', '', '0', '7', '7', '9' * 30, '1e3', '-1'])
        space = self.pick(['', '', '', '', '/,', '/other,', '/?a=b,', '/' + 'x' * 300 + ','])
        return self.pick([
            lambda: f'42{space}{number}{self._event()}', lambda: f'42{space}{number}{self._event()}', lambda: f'42{number}{self._event()}',
            lambda: f'4{self.pick("0123456789")}{space}{number}{self._json()}',
            lambda: f'4{self.pick("56")}{self.pick(["0", "1", "2", "99999", ""])}-{space}{number}{self._event()}',
            lambda: f'43{space}{number}{self._json()}', lambda: f'40{space}{self._json()}', lambda: f'41{space}',
            lambda: f'{self.pick("0123456789b")}{self.pick(["", "probe", self._json()])}',
        ])()

    def _event(self) -> str:
        name = self.pick([*ARGUMENTS, 'connect', 'disconnect', '*', 'x', '\ud800']) if self.chance.random() < 0.9 else self.pick(OF_NICEGUI)
        if self.chance.random() < 0.1:
            return f'["{name}",{self.pick(ODD_JSON)}]'.encode('utf-8', 'replace').decode()
        keys = ARGUMENTS.get(name, KEYS)
        values = {key: self.pick(LIKELY.get(key, VALUES) if self.chance.random() < 0.7 else VALUES) for key in keys if self.chance.random() < 0.9}
        return json.dumps([name, *self.pick([[values], [values], [values], [], [self.pick(VALUES)], [values, values]])])

    def _json(self) -> str:
        return self.pick([lambda: json.dumps(self.pick(VALUES)), lambda: self.pick(ODD_JSON), self._event, lambda: ''])()

    def of_nicegui(self) -> Input:
        """What NiceGUI's script sends, at the socket of a page."""
        frames = [self.framed(TEXT, f'42{self.pick(["", "7"])}{self._of_nicegui()}'.encode('utf-8', 'surrogatepass'))
                  for _ in range(self.chance.randint(1, 12))]
        return Input('of_nicegui', [self._opening(), self.framed(TEXT, b'40'), *frames])

    def _of_nicegui(self) -> str:
        values = {key: self.pick(VALUES) for key in KEYS if self.chance.random() < 0.4}
        values['client_id'] = self.pick([CLIENT, CLIENT, ENTRY, 'x', None])
        if self.chance.random() < 0.7:
            values |= {'id': self.chance.randrange(12), 'listener_id': f'{self.chance.randrange(12)}.{self.chance.randrange(3)}',
                       'args': [json.dumps(self.pick([{'what': self.pick(['new', 'direct', 'browse', 'settings', 'invite', 'x']), 'room': 1},
                                                      *VALUES]))]}
        return json.dumps([self.pick(OF_NICEGUI), values])


def make(seed: int, number: int) -> Input:
    """The input of this number."""
    return Maker(random.Random(f'{seed}:{number}')).make()

"""What strangers can do with the forms that everybody may send."""
import asyncio
import socket

import httpx
import pytest
from starlette.requests import Request

from doors import forms
from tests.running import PASSWORD

FORM = b'username=ann&password=correct+horse+7'
URLENCODED, MULTIPART = 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'


def request(content, kind, *, is_whole=True):
    """One that has come so far."""
    messages = [{'type': 'http.request', 'body': content, 'more_body': not is_whole}]

    async def receive():
        return messages.pop(0) if messages else await asyncio.Event().wait()

    return Request({'type': 'http', 'method': 'POST', 'path': '/login', 'query_string': b'',
                    'headers': [(b'content-type', kind.encode())]}, receive)


def part(name, value, more=''):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


BOTH = part('username', 'ann') + part('password', PASSWORD)


@pytest.mark.parametrize('kind', [URLENCODED, URLENCODED + '; charset=UTF-8', URLENCODED.upper()])
async def test_a_form_is_read(kind):
    assert await forms._form(request(FORM, kind)) == ('ann', PASSWORD)


@pytest.mark.parametrize('kind', [MULTIPART, 'multipart/form-data; boundary="x"', 'Multipart/Form-Data;boundary=x', MULTIPART + '; charset=utf-8'])
async def test_a_form_in_parts_is_read(kind):
    assert await forms._form(request((BOTH + '--x--').encode(), kind)) == ('ann', PASSWORD)


NO_FORMS = {
    'a long type': (FORM, URLENCODED + '; a=b' * 6_000),
    'a type a little too long': (FORM, URLENCODED + '; ' + 'a' * 256),
    'a long boundary': (BOTH.encode(), 'multipart/form-data; boundary=' + 'x' * 200),
    'no type': (FORM, ''),
    'another type': (FORM, 'text/plain'),
    'many fields': (b'a=b&' * 4_000 + FORM, URLENCODED),
    'nine fields': (b'a=b&' * 7 + FORM, URLENCODED),
    'many parts': ((part('a', 'b') * 200 + BOTH + '--x--').encode(), MULTIPART),
    'a file': ((part('a', 'b', '; filename="f"') + BOTH + '--x--').encode(), MULTIPART),
    'a password in a file': ((part('username', 'ann') + part('password', PASSWORD, '; filename="f"') + '--x--').encode(), MULTIPART),
}


@pytest.mark.parametrize(('content', 'kind'), NO_FORMS.values(), ids=NO_FORMS)
async def test_what_is_no_small_form_is_refused(content, kind):
    with pytest.raises(forms.Refused, match='Send a form'):
        await forms._form(request(content, kind))


async def test_a_long_type_is_not_parsed(monkeypatch):
    """A megabyte of `a=b; ` took 1.4 seconds."""
    parsed = []
    monkeypatch.setattr('starlette.requests.parse_options_header', lambda value: parsed.append(value) or (b'', {}))
    with pytest.raises(forms.Refused):
        await forms._form(request(FORM, URLENCODED + '; a=b' * 6_000))
    assert [value for value in parsed if value] == []


@pytest.mark.parametrize('charset', ['punycode', 'idna', 'unicode_escape', 'utf-7', 'utf-16'])
async def test_no_other_character_set_is_decoded(charset):
    """16 KB of Punycode take 130 ms, in quadratic time."""
    content = (part('username', '+AGE-9999') + part('password', PASSWORD) + '--x--').encode()
    assert await forms._form(request(content, f'{MULTIPART}; charset={charset}')) == ('+AGE-9999', PASSWORD)
    with pytest.raises(forms.Refused):
        await forms._form(request(content, f'multipart/form-data; charset={charset}; boundary=x'))


async def test_a_form_that_stays_half_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(forms, 'FORM_SECONDS', 0)
    for door in (forms.login, forms.register):
        response = await asyncio.wait_for(door(request(FORM[:20], URLENCODED, is_whole=False)), 10)
        assert response.status_code == 408
        assert b'did not come within' in response.body


@pytest.mark.parametrize('path', ['/login', '/register'])
def test_the_rest_of_a_form_that_is_too_large_is_not_read(server, path):
    with socket.create_connection(('127.0.0.1', server.port)) as connection:
        connection.sendall(f'POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n'
                           f'Content-Type: {URLENCODED}\r\n\r\n'.encode() + b'x' * (forms.FORM_BYTES + 1))
        answer = b''
        while more := connection.recv(10_000):  # to the end, for the server closes it
            answer += more
    assert answer.startswith(b'HTTP/1.1 413 ')
    assert b'send less' in answer


def test_a_browser_that_is_slow_but_not_too_slow_is_waited_for(server):
    def slowly():
        yield FORM[:10]
        yield FORM[10:]

    server.cookie('ann')
    response = httpx.post(server.url + '/login', content=slowly(), headers={'Content-Type': URLENCODED})
    assert response.status_code == 303

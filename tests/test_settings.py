import re

import pytest

import settings
from errors import SetupError


def test_what_is_set_when_nothing_is(monkeypatch):
    for name in ('DATABASE', 'BCRYPT_ROUNDS', 'ALLOWED_HOSTS'):
        monkeypatch.delenv(f'CHATROOM_{name}')
    found = settings.load()
    assert (found.host, found.port, str(found.database), found.bcrypt_rounds, found.registration, found.session_days,
            found.rate_limits) == ('127.0.0.1', 5000, 'chatroom.db', 12, 'open', 30, 'on')
    assert (list(map(str, found.trusted_proxies)), found.allowed_hosts) == (['127.0.0.1/32', '::1/128'], ())


def test_lists_have_commas(monkeypatch):
    monkeypatch.setenv('CHATROOM_TRUSTED_PROXIES', '10.0.0.0/8, ::ffff:192.0.2.1,2001:db8::/32,')
    monkeypatch.setenv('CHATROOM_ALLOWED_HOSTS', 'Chat.example.org, *.bücher.example')
    found = settings.load()
    assert list(map(str, found.trusted_proxies)) == ['10.0.0.0/8', '192.0.2.1/32', '2001:db8::/32']
    assert found.allowed_hosts == ('chat.example.org', '*.xn--bcher-kva.example')
    monkeypatch.setenv('CHATROOM_TRUSTED_PROXIES', '')
    assert settings.load().trusted_proxies == (), 'nobody'


@pytest.mark.parametrize(('name', 'value', 'rule'), [
    ('PORT', 'x', 'a whole number from 1 to 65535'),
    ('PORT', '0', 'a whole number from 1 to 65535'),
    ('PORT', '65536', 'a whole number from 1 to 65535'),
    ('PORT', '', 'a whole number'),
    ('PORT', '5000.5', 'a whole number'),
    ('BCRYPT_ROUNDS', '3', 'a whole number from 4 to 15'),
    ('BCRYPT_ROUNDS', 'many', 'a whole number'),
    ('REGISTRATION', 'maybe', '"open" or "closed"'),
    ('SESSION_DAYS', '0', 'a whole number from 1'),
    ('SESSION_DAYS', '-1', 'a whole number from 1'),
    ('RATE_LIMITS', 'yes', '"on" or "off"'),
    ('HOST', '', 'an address'),
    ('TRUSTED_PROXIES', '*', 'addresses and networks'),
    ('TRUSTED_PROXIES', '10.0.0.1/8', 'addresses and networks'),
    ('TRUSTED_PROXIES', '127.0.0.1 ::1', 'addresses and networks'),
    ('TRUSTED_PROXIES', 'proxy.example.org', 'addresses and networks'),
    ('ALLOWED_HOSTS', '*', 'names without ports'),
    ('ALLOWED_HOSTS', 'https://chat.example.org', 'names without ports'),
    ('ALLOWED_HOSTS', 'chat.example.org:443', 'names without ports'),
    ('ALLOWED_HOSTS', 'a..b', 'names without ports'),
])
def test_a_wrong_value_is_named_with_its_rule(monkeypatch, name, value, rule):
    monkeypatch.setenv(f'CHATROOM_{name}', value)
    with pytest.raises(SetupError, match=f'^CHATROOM_{name} must be {rule}.*, not {re.escape(repr(value))}.$'):
        settings.load()


def test_settings_come_from_a_file_too(tmp_path):
    (tmp_path / '.env').write_text('CHATROOM_PORT=5050\nSOMETHING_ELSE=1\n')
    assert settings.load().port == 5050


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    (tmp_path / '.env').write_text('CHATROOM_PORT=5050\n')
    monkeypatch.setenv('CHATROOM_PORT', '5051')
    assert settings.load().port == 5051


def test_an_unreadable_file_is_one_sentence(tmp_path):
    (tmp_path / '.env').write_bytes(b'CHATROOM_PORT=\xff\xfe')
    with pytest.raises(SetupError, match=r'\.env'):
        settings.load()

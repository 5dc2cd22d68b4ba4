"""The operator's settings, from environment variables or a `.env` file; read once and validated."""
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from addresses import Network, networks
from errors import SetupError

PREFIX = 'CHATROOM_'
HOST_NAME = re.compile(r'(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*')


def host_names(text: str) -> tuple[str, ...]:
    """Parse comma-separated host names into the form that browsers send: IDNA, lower case. Raises ValueError."""
    names = tuple(name.strip().encode('idna').decode().lower() for name in text.split(',') if name.strip())
    if not all(map(HOST_NAME.fullmatch, names)):
        raise ValueError('no name')
    return names


class Settings(BaseSettings):
    """The settings; each field's description completes the error message "NAME must be ..."."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file='.env', extra='ignore', frozen=True)

    host: str = Field('127.0.0.1', min_length=1, description='an address of this machine, such as 127.0.0.1')
    port: int = Field(5000, ge=1, le=65535, description='a whole number from 1 to 65535')
    database: Path = Field(Path('chatroom.db'), description='the path of a file')
    bcrypt_rounds: int = Field(12, ge=4, le=15, description='a whole number from 4 to 15')
    registration: Literal['open', 'closed'] = Field('open', description='"open" or "closed"')
    session_days: int = Field(30, ge=1, le=3650, description='a whole number from 1 to 3650')
    rate_limits: Literal['on', 'off'] = Field('on', description='"on" or "off"')
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(networks)] = Field(
        networks('127.0.0.1, ::1'), validate_default=False,
        description='addresses and networks such as 127.0.0.1 or 10.0.0.0/8, with commas between them')
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(host_names)] = Field(
        (), validate_default=False,
        description='names without ports such as chat.example.org or *.example.org, with commas between them')


_current: Settings | None = None


def load() -> Settings:
    """Read the settings and make them the current ones.

    Raises SetupError, with one sentence that names the variable.
    """
    global _current  # noqa: PLW0603
    try:
        _current = Settings()
    except ValidationError as error:
        raise SetupError(_sentence(error)) from None
    except (OSError, UnicodeDecodeError):
        raise SetupError("The file .env can't be read: it must be readable text in UTF-8.") from None
    return _current


def current() -> Settings:
    """Return the current settings; the first call loads them."""
    return _current or load()


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = str(first['loc'][0]).lower().removeprefix(PREFIX.lower())
    rule = Settings.model_fields[name].description
    return f'{PREFIX}{name.upper()} must be {rule}, not {str(first["input"])[:80]!r}.'

"""What an operator can set, by environment variables or a `.env` file; read once, checked, with clear errors."""
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from errors import SetupError

PREFIX = 'CHATROOM_'


class Settings(BaseSettings):
    """Each field's description completes the sentence "NAME must be ..."."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file='.env', extra='ignore', frozen=True)

    host: str = Field('127.0.0.1', min_length=1, description='an address of this machine, such as 127.0.0.1')
    port: int = Field(5000, ge=1, le=65535, description='a whole number from 1 to 65535')
    database: Path = Field(Path('chatroom.db'), description='the path of a file')
    bcrypt_rounds: int = Field(12, ge=4, le=15, description='a whole number from 4 to 15')
    registration: Literal['open', 'closed'] = Field('open', description='"open" or "closed"')
    session_days: int = Field(30, ge=1, le=3650, description='a whole number from 1 to 3650')
    rate_limits: Literal['on', 'off'] = Field('on', description='"on" or "off"')


_current: Settings | None = None


def load() -> Settings:
    """Read the settings afresh and make them the ones in force.

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
    """The settings in force."""
    return _current or load()


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = str(first['loc'][0]).lower().removeprefix(PREFIX.lower())
    rule = Settings.model_fields[name].description
    return f'{PREFIX}{name.upper()} must be {rule}, not {str(first["input"])[:80]!r}.'

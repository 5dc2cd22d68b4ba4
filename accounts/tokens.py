"""Random bearer tokens, for sessions, browsers and tickets. The server keeps only their SHA-256."""
import hashlib
import secrets


def new() -> str:
    """Make a token of 256 random bits, as URL-safe text."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal, in which form it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()

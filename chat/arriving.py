"""Making an account, which those in the Lobby see."""
import auth
from models import LOBBY

from .entries import happened


async def register(username: str, password: str) -> int:
    """Make an account and return its id; the Lobby says who joined. Raises Refused, as `auth.register` does."""
    return await auth.register(username, password, lambda user_id: happened(LOBBY, user_id, 'joined', people=[user_id]))

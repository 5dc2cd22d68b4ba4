"""People who act without a socket."""
from accounts.actor import Actor


def acting(user_id: int) -> Actor:
    """Somebody at a page of theirs."""
    return Actor(user_id, f'person {user_id}', session_id=0)

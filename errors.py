"""The two exceptions for expected failures."""
from typing import Literal

Code = Literal['invalid', 'not_logged_in', 'not_found', 'forbidden', 'conflict', 'too_fast', 'unavailable']

HTTP_STATUS: dict[Code, int] = {
    'invalid': 422,
    'not_logged_in': 401,
    'not_found': 404,
    'forbidden': 403,
    'conflict': 409,
    'too_fast': 429,
    'unavailable': 503,
}


class Refused(Exception):
    """A request was refused: `sentence` is for the person, `code` for the program that sent it.

    `retry_after` is in seconds; `field` names the invalid form field, if there is one.
    """

    def __init__(self, code: Code, sentence: str, *, retry_after: int | None = None, field: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after
        self.field = field

    def to_dict(self) -> dict[str, str | int]:
        """Return the error as it is sent to clients."""
        answer: dict[str, str | int] = {'error': self.sentence, 'code': self.code}
        if self.retry_after is not None:
            answer['retry_after'] = self.retry_after
        return answer


class SetupError(Exception):
    """A start, backup or restore failed; the message is one sentence that tells the operator what to do."""

"""The one error of the readers of YouTube's pages, by what is to be done about it."""

from typing import Final, Literal

Code = Literal["unreachable", "rate_limited", "refused", "changed", "consent", "over", "chat_off"]
"""`over`: no chat is offered any more. `changed`: the answer is not what this program knows."""

RETRY_AFTER_MAX_S: Final = 600.0


class Trouble(Exception):
    """A request that did not give what was asked for. `why` quotes nothing of the answer."""

    def __init__(self, code: Code, why: str = "", *, retry_after_s: float = 0.0, again: bool = True) -> None:
        """`again`: asking the same once more at once may help."""
        super().__init__(f"{code}: {why}" if why else code)
        self.code: Code = code
        self.again = again and code in ("unreachable", "changed", "over")
        self.retry_after_s = min(max(retry_after_s, 0.0), RETRY_AFTER_MAX_S)


def of_status(status: int, retry_after: str = "") -> Trouble | None:
    """Of an HTTP status that is no success; 404 is for who asked."""
    if status < 400 or status == 404:
        return None
    wait_s = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 6 else 0.0
    if status == 429:
        return Trouble("rate_limited", "429", retry_after_s=wait_s)
    return Trouble("refused" if status < 500 else "unreachable", str(status), retry_after_s=wait_s)

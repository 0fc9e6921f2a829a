"""Who waits for an answer, for the audience: names and who answers, never what was written."""

from streamer.app.panel_rows import Words, name_of, platform_of, rank
from streamer.core.show import Request, Show

SHOWN = 8


class OverlayQueue:
    """Remembers what it has told. `changes` gives paths of the feed, nothing while nobody came, went or was renamed."""

    def __init__(self) -> None:
        self._seen: tuple[Request, ...] | None = None
        self._shown: dict[str, object] = {"rows": {}, "more": 0}

    def changes(self, show: Show, words: Words) -> dict[str, object]:
        if show.requests is self._seen:
            return {}
        self._seen = show.requests
        waiting = [each for each in show.requests if each.from_chat or each.kind == "paid"]
        waiting.sort(key=lambda each: rank(show, each))
        rows = {str(each.id): self._row(n, each, words) for n, each in enumerate(waiting[:SHOWN], start=1)}
        shown: dict[str, object] = {"rows": rows, "more": max(0, len(waiting) - SHOWN)}
        if shown == self._shown:
            return {}
        self._shown = shown
        return {"queue": shown}

    @staticmethod
    def _row(n: int, request: Request, words: Words) -> dict[str, object]:
        return {
            "n": n,
            "name": name_of(request, words),
            "platform": platform_of(request.uid),
            "persona": request.persona,
            "kind": "thanks" if request.kind == "paid" else "answer",
            **({"test": True} if request.test else {}),
        }

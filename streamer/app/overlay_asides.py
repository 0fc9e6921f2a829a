"""Polls, hype trains and goals of the platforms, as the overlays show them: the newest of each, by platform."""

from collections import OrderedDict

from streamer.ports import ChatRow, Detail

TITLE_MAX = 120
CHOICES = 6
GOALS = 6
PLATFORMS = 8

Row = dict[str, object]


def _part(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _cut(text: str, most: int = TITLE_MAX) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


class OverlayAsides:
    """What was told of each, so that the next row is put beside it. Changes are paths of the feed."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[str, int]] = {}
        """Poll or train of a platform -> its id and when it began, show clock."""
        self._goals: OrderedDict[str, int] = OrderedDict()
        self._n = 0

    def told(self, row: ChatRow, now_ms: int) -> tuple[dict[str, object], list[str]]:
        """(set, removed); nothing for rows that are no poll, train or goal."""
        detail = row.detail or Detail()
        if row.kind in ("poll_begin", "poll_progress", "poll_end"):
            return self._poll(row, detail, now_ms), []
        if row.kind in ("hype_train_begin", "hype_train_progress", "hype_train_end"):
            return self._train(row, detail, now_ms), []
        if row.kind == "goal":
            return self._goal(row, detail)
        return {}, []

    def _times(self, path: str, row: ChatRow, seconds: float, now_ms: int, *, begins: bool) -> tuple[int, int]:
        """(began, ends): Streamer.bot says how long is left, Twitch how long it lasts from its beginning."""
        known = self._began.get(path)
        if begins or known is None or known[0] != row.id:
            if path not in self._began and len(self._began) >= 2 * PLATFORMS:
                self._began.clear()
            self._began[path] = known = (row.id, now_ms if begins else 0)
        began = known[1]
        if not seconds:
            return began, 0
        if row.source == "streamerbot":
            return began, now_ms + round(seconds * 1000)
        return began, began + round(seconds * 1000) if began else 0

    def _poll(self, row: ChatRow, detail: Detail, now_ms: int) -> dict[str, object]:
        path = f"polls/{_part(row.platform)}"
        _, ends = self._times(path, row, detail.ends_in_s, now_ms, begins=row.kind == "poll_begin")
        choices = [{"title": _cut(each.title), "votes": max(0, each.votes)} for each in detail.choices[:CHOICES]]
        over = row.kind == "poll_end"
        made: Row = {
            "id": row.id, "platform": row.platform, "title": _cut(detail.title), "choices": choices,
            "ends": 0 if over else ends, "ended": now_ms if over else 0, **({"test": True} if row.test else {}),
        }  # fmt: skip
        return {path: made}

    def _train(self, row: ChatRow, detail: Detail, now_ms: int) -> dict[str, object]:
        path = f"trains/{_part(row.platform)}"
        _, ends = self._times(path, row, detail.ends_in_s, now_ms, begins=row.kind == "hype_train_begin")
        over = row.kind == "hype_train_end"
        made: Row = {
            "id": row.id, "platform": row.platform, "level": max(1, detail.level), "now": detail.total,
            "of": detail.goal, "ends": 0 if over else ends, "ended": now_ms if over else 0,
            **({"test": True} if row.test else {}),
        }  # fmt: skip
        return {path: made}

    def _goal(self, row: ChatRow, detail: Detail) -> tuple[dict[str, object], list[str]]:
        if detail.goal <= 0:
            return {}, []
        key = f"{row.platform}:{row.id or detail.title}"
        removed: list[str] = []
        if key not in self._goals:
            self._n += 1
            self._goals[key] = self._n
            if len(self._goals) > GOALS:
                _, old = self._goals.popitem(last=False)
                removed.append(f"goals/{old}")
        n = self._goals[key]
        made: Row = {
            "n": n, "platform": row.platform, "title": _cut(detail.title), "now": detail.total, "of": detail.goal,
            **({"test": True} if row.test else {}),
        }  # fmt: skip
        return {f"goals/{n}": made}, removed

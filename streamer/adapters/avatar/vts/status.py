"""How a persona's VTube Studio is doing, for the panel: a state, and sentences with the fix."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from streamer.adapters.avatar.vts.auth import Verdict
from streamer.adapters.avatar.vts.discovery import Discovery, Seen
from streamer.adapters.avatar.vts.names import Missing
from streamer.ports import Health, HealthState, Notice

State = Literal["off", "asking", "ready", "lost", "refused", "other_model"]
Params = dict[str, str | int | float]

NAMED_MAX: Final = 4
"""So many missing names get a sentence each; the rest are counted."""
_HEALTH: Final[dict[State, HealthState]] = {
    "off": "degraded",
    "asking": "starting",
    "ready": "ok",
    "lost": "degraded",
    "refused": "broken",
    "other_model": "degraded",
}


class Status:
    """One state and one notice at a time, and beside them what is wrong with single names."""

    def __init__(self, part: str, place: str) -> None:
        self.part = part
        self.place = place
        self.state: State = "off"
        self.notice = Notice("avatar.vts.starting", {"place": place})
        self.model = ""
        self.found: Sequence[Seen] = ()
        self.missing: Sequence[Missing] = ()
        self.taken: Sequence[str] = ()
        self.asides: dict[str, Notice] = {}
        self.latency_ms: float | None = None

    # Every notice stands here by its whole name, so that its words can be checked.
    def unreachable(self, discovery: Discovery, host: str, port: int, *, lost: bool) -> None:
        finding, seen = discovery.finding(host, port)
        self.state = "lost" if lost else "off"
        self.found = discovery.seen()
        params: Params = {"place": self.place}
        match finding:
            case "api_off":
                self.notice = Notice("avatar.vts.api_off", params, "avatar.vts.api_off.fix")
            case "other_port":
                found: Params = {**params, "found": seen.port if seen is not None else 0}
                self.notice = Notice("avatar.vts.other_port", found, "avatar.vts.other_port.fix")
            case "here":
                self.notice = Notice("avatar.vts.no_answer", params, "avatar.vts.no_answer.fix")
            case _ if lost:
                self.notice = Notice("avatar.vts.lost", params, "avatar.vts.lost.fix")
            case _:
                self.notice = Notice("avatar.vts.not_running", params, "avatar.vts.not_running.fix")

    def lost(self) -> None:
        self.state = "lost"
        self.notice = Notice("avatar.vts.lost", {"place": self.place}, "avatar.vts.lost.fix")

    def asking(self, *, other: bool) -> None:
        self.state = "asking"
        params: Params = {"place": self.place}
        if other:
            self.notice = Notice("avatar.vts.other_popup", params, "avatar.vts.other_popup.fix")
        else:
            self.notice = Notice("avatar.vts.asking", params, "avatar.vts.asking.fix")

    def refused(self, verdict: Verdict) -> None:
        self.state = "refused"
        params: Params = {"place": self.place}
        match verdict:
            case "denied":
                self.notice = Notice("avatar.vts.denied", params, "avatar.vts.ask_again.fix")
            case "revoked":
                self.notice = Notice("avatar.vts.revoked", params, "avatar.vts.ask_again.fix")
            case _:
                self.notice = Notice("avatar.vts.refused", params, "avatar.vts.ask_again.fix")

    def other_model(self, wanted: str, name: str, nearest: str, *, known: bool) -> None:
        self.state, self.model = "other_model", name
        params: Params = {"wanted": wanted, "found": name}
        if not name:
            self.notice = Notice("avatar.vts.no_model", {"wanted": wanted}, "avatar.vts.no_model.fix")
        elif not known:
            more: Params = {**params, "nearest": nearest}
            fix = "avatar.vts.unknown_model.nearest" if nearest else "avatar.vts.unknown_model.fix"
            self.notice = Notice("avatar.vts.unknown_model", more, fix)
        else:
            self.notice = Notice("avatar.vts.other_model", params, "avatar.vts.other_model.fix")

    def ready(self, model: str) -> None:
        self.state, self.model, self.found = "ready", model, ()
        self.notice = Notice("avatar.vts.ok", {"model": model, "place": self.place})

    def permission(self, granted: str) -> None:
        """Of throwing viewers' own pictures."""
        self.asides.pop("pictures", None)
        if granted == "asking":
            notice = Notice("avatar.vts.pictures_asking", {}, "avatar.vts.pictures_asking.fix")
            self.asides["pictures"] = notice
        elif granted == "denied":
            notice = Notice("avatar.vts.pictures_denied", {}, "avatar.vts.pictures_denied.fix")
            self.asides["pictures"] = notice

    def item(self, missing: str) -> None:
        self.asides.pop("item", None)
        if missing:
            self.asides["item"] = Notice("avatar.vts.no_item", {"item": missing}, "avatar.vts.no_item.fix")

    def panel(self) -> dict[str, Any]:
        """Plain values, whole."""
        return {
            "kind": "vts",
            "state": self.state,
            "model": self.model if self.state in ("ready", "other_model") else "",
            "instance": self.place,
            "notice": _told(self.notice),
            "problems": [_told(health.notice) for health in self._rows()],
            "found": [
                {"host": one.host, "port": one.port, "active": one.active, "title": one.title} for one in self.found
            ],
        }

    def healths(self) -> Sequence[Health]:
        main = Health(self.part, _HEALTH[self.state], self.notice, self.latency_ms if self.state == "ready" else None)
        return [main, *self._rows()]

    def _rows(self) -> Sequence[Health]:
        if self.state != "ready":
            return []
        out = [Health(f"{self.part}.{one.what}.{one.name}", "degraded", _missing(one)) for one in self._named()]
        rest = len(self.missing) - len(out)
        if rest > 0:
            out.append(Health(f"{self.part}.names", "degraded", Notice("avatar.vts.missing_more", {"n": rest})))
        if self.taken:
            params: Params = {"names": ", ".join(self.taken)}
            notice = Notice("avatar.vts.taken", params, "avatar.vts.taken.fix")
            out.append(Health(f"{self.part}.parameters", "degraded", notice))
        return [*out, *(Health(f"{self.part}.{key}", "degraded", notice) for key, notice in self.asides.items())]

    def _named(self) -> Iterable[Missing]:
        return self.missing[:NAMED_MAX]


def _missing(one: Missing) -> Notice:
    params: Params = {"what": one.name, "wanted": one.wanted, "nearest": one.nearest}
    fix = "avatar.vts.missing.nearest" if one.nearest else "avatar.vts.missing.fix"
    match one.what:
        case "gesture":
            return Notice("avatar.vts.no_gesture", params, fix)
        case "parameter":
            return Notice("avatar.vts.no_parameter", params, fix)
        case _:
            return Notice("avatar.vts.no_expression", params, fix)


def _told(notice: Notice) -> Mapping[str, Any]:
    return {"code": notice.code, "params": dict(notice.params), "fix": notice.fix}

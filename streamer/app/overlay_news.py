"""What the overlays know of the plan: which platforms are read, the language, what the rundown brings next."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from streamer.app.clock import ShowClock
from streamer.app.schedule import Rundown, next_due

if TYPE_CHECKING:
    from streamer.app.overlay_view import OverlayView
    from streamer.app.plan import Plan
    from streamer.app.settings import Settings

COMING = 5
_OWN = ("twitch", "youtube")


class _Now(Protocol):
    @property
    def epoch_ns(self) -> int: ...

    def now_ms(self) -> int: ...


def platforms(settings: "Settings") -> list[str]:
    """Which are read, the stream's own first: Twitch where it is read, for its rules of simulcasting are the strictest.

    Empty: nothing but the demo's audience.
    """
    bot = settings.chat.streamerbot
    named = {
        "twitch": settings.channel is not None,
        "youtube": settings.youtube is not None,
        **(dict.fromkeys(bot.read, True) if bot is not None else {}),
    }
    return [*(name for name in _OWN if named.get(name)), *sorted(name for name in named if name not in _OWN)]


def coming(rundown: Rundown, clock: _Now) -> dict[str, dict[str, object]]:
    """The next time of each segment, the soonest `COMING`: `{segment, title, due}`, ms of the show clock."""
    started = datetime.fromtimestamp(clock.epoch_ns / 1e9, tz=UTC).astimezone()
    now = started + timedelta(milliseconds=clock.now_ms())
    found: list[tuple[int, str]] = []
    for segment_id, segment in rundown.times:
        due = next_due(segment, started, now)
        if due is not None:
            found.append((int((due - started).total_seconds() * 1000), segment_id))
    return {
        segment_id: {"segment": segment_id, "title": segment_id.replace("-", " ").replace("_", " "), "due": due_ms}
        for due_ms, segment_id in sorted(found)[:COMING]
    }


class OverlayNews:
    """Called every second or so; tells only what is new."""

    def __init__(self, view: "OverlayView", clock: ShowClock) -> None:
        self._view = view
        self._clock = clock
        self._plan: Plan | None = None
        self._due = 0
        """When the soonest segment begins: then the next one is looked for."""

    def tell(self, plan: "Plan") -> None:
        same = plan is self._plan
        if not same:
            self._plan = plan
            language = plan.cast[0].language if plan.cast else "en"
            self._view.about(platforms=platforms(plan.settings), language=language)
        if same and (not self._due or self._clock.now_ms() < self._due):
            return
        soon = coming(plan.rundown, self._clock)
        self._due = min((int(str(each["due"])) for each in soon.values()), default=0)
        self._view.coming(soon)

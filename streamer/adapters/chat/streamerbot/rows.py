"""Events of Streamer.bot as chat rows, in the time of the platform."""

from collections.abc import Iterable

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.streamerbot import twitch, youtube
from streamer.adapters.chat.streamerbot.asides import ASIDES
from streamer.adapters.chat.streamerbot.fields import Fields, Lacking, stamp
from streamer.adapters.chat.streamerbot.protocol import Event, Events
from streamer.ports import ChatRow

_SOURCES = {"twitch": "Twitch", "youtube": "YouTube"}
_LATE_MAX_S = 30.0


def events_of(read: Iterable[str]) -> Events:
    """What has to be subscribed to read these platforms."""
    known = {"Twitch": twitch.EVENTS, "YouTube": youtube.EVENTS}
    wanted = [_SOURCES[each] for each in dict.fromkeys(read) if each in _SOURCES]
    return {source: (*known[source], *ASIDES[source]) for source in wanted}


class Rows:
    """Knows what came before: storms of gifts, and how the clocks of the platforms stand to ours."""

    def __init__(self, unread: Unread) -> None:
        self._unread = unread
        self._readers = {"twitch": twitch.Twitch(), "youtube": youtube.YouTube()}
        self._anchors: dict[str, tuple[float, float]] = {}

    def decode(self, event: Event, now: float) -> tuple[ChatRow, ...]:
        """The rows of an event that came at `now` (seconds). What cannot be read is kept; nothing is raised."""
        source = event.source.lower()
        platform = _SOURCES.get(source, "")
        reader, aside = self._readers.get(source), ASIDES.get(platform, {}).get(event.type)
        known = aside is not None or (
            event.type in (twitch.EVENTS if platform == "Twitch" else youtube.EVENTS) if platform else False
        )
        if reader is None or not known:
            self._keep(event, "an event we do not know")
            return ()
        try:
            data = Fields(event.data)
            sent = stamp(event.stamp)
            platform_time = data.stamp("publishedAt", "createdAt")
            of_platform = platform_time is not None
            at = self._when(f"{source}/{of_platform}", platform_time if of_platform else sent, now)
            if aside is not None:
                return (aside(source, data, at, sent),)
            return reader.rows(event.type, data, at)
        except Lacking as wrong:
            self._keep(event, str(wrong))
            return ()
        except Exception as wrong:  # noqa: BLE001 - one event that nobody foresaw must not take its neighbours along
            self._keep(event, type(wrong).__name__)
            return ()

    def _when(self, clock: str, sent: float | None, now: float) -> float:
        """When it happened by that clock, on ours: the event with the least delay so far ties the two clocks, and
        no row is later than its arrival."""
        if sent is None:
            return now
        anchor = self._anchors.get(clock)
        if anchor is not None:
            seen = anchor[1] + (sent - anchor[0])
            if seen <= now:
                return seen if now - seen <= _LATE_MAX_S else now
        self._anchors[clock] = (sent, now)
        return now

    def _keep(self, event: Event, why: str) -> None:
        self._unread.keep({"source": event.source, "type": event.type, "data": event.data}, why)

"""What happens beside a chat: polls, hype trains, goals, ads, the stream itself. The same for both platforms."""

from collections.abc import Callable

from streamer.adapters.chat.streamerbot.fields import Fields
from streamer.ports import ChatRow, Choice, Detail, RowKind

SOURCE = "streamerbot"
_CHOICES = 20
_TITLE = 200

Aside = Callable[[str, Fields, float, float | None], ChatRow]
"""(platform, data, at, when it was sent) -> row."""


def is_test(*given: Fields) -> bool:
    """Made by Streamer.bot's own "test trigger": nobody did it."""
    return any(each.flag("isTest") for each in given)


def poll(kind: RowKind) -> Aside:
    def row(platform: str, data: Fields, at: float, sent: float | None) -> ChatRow:
        inside = data.part("poll") or data
        choices = tuple(
            Choice(each.text("title", "text", limit=_TITLE), each.number("totalVotes", "votes"))
            for each in (inside.parts("choices") or inside.parts("options"))[:_CHOICES]
        )
        detail = Detail(
            title=inside.text("title", "question", limit=_TITLE),
            choices=choices,
            total=sum(each.votes for each in choices),
            ends_in_s=_left(inside, sent, "ends_at", "endsAt"),
        )
        return _aside(platform, kind, data, at, detail)

    return row


def train(kind: RowKind) -> Aside:
    def row(platform: str, data: Fields, at: float, sent: float | None) -> ChatRow:
        detail = Detail(
            level=data.number("level"),
            total=data.number("progress", "levelTotal", "total"),
            goal=data.number("goal", "levelGoal"),
            ends_in_s=_left(data, sent, "expires_at", "expiresAt"),
        )
        return _aside(platform, kind, data, at, detail)

    return row


def goal(platform: str, data: Fields, at: float, _sent: float | None) -> ChatRow:
    detail = Detail(
        title=data.text("description", "title", "type", limit=_TITLE),
        total=data.number("current_amount", "currentAmount"),
        goal=data.number("target_amount", "targetAmount"),
    )
    return _aside(platform, "goal", data, at, detail)


def ad(platform: str, data: Fields, at: float, _sent: float | None) -> ChatRow:
    seconds = float(data.number("length_seconds", "duration_seconds", "length", "adLength"))
    detail = Detail(ends_in_s=seconds)
    return ChatRow(at, platform, "ad_break", duration_s=seconds, detail=detail, source=SOURCE, test=is_test(data))


def plain(kind: RowKind, text: str = "") -> Aside:
    """An event that says all by happening."""

    def row(platform: str, data: Fields, at: float, _sent: float | None) -> ChatRow:
        return ChatRow(at, platform, kind, text=text, source=SOURCE, test=is_test(data))

    return row


def _aside(platform: str, kind: RowKind, data: Fields, at: float, detail: Detail) -> ChatRow:
    return ChatRow(at, platform, kind, text=detail.title, detail=detail, source=SOURCE, test=is_test(data))


def _left(data: Fields, sent: float | None, *names: str) -> float:
    """Seconds from when the event was sent until that time; 0 when unknown."""
    end = data.stamp(*names)
    return round(min(86_400.0, max(0.0, end - sent)), 1) if end is not None and sent is not None else 0.0


ASIDES: dict[str, dict[str, Aside]] = {
    "Twitch": {
        "PollCreated": poll("poll_begin"), "PollUpdated": poll("poll_progress"), "PollCompleted": poll("poll_end"),
        "PollTerminated": poll("poll_end"), "HypeTrainStart": train("hype_train_begin"),
        "HypeTrainUpdate": train("hype_train_progress"), "HypeTrainLevelUp": train("hype_train_progress"),
        "HypeTrainEnd": train("hype_train_end"), "AdRun": ad, "GoalBegin": goal, "GoalProgress": goal, "GoalEnd": goal,
        "ShieldModeBegin": plain("shield", "on"), "ShieldModeEnd": plain("shield", "off"),
        "StreamOnline": plain("stream_on"), "StreamOffline": plain("stream_off"),
    },
    "YouTube": {
        "PollStarted": poll("poll_begin"), "PollUpdated": poll("poll_progress"), "PollClosed": poll("poll_end"),
        "BroadcastStarted": plain("stream_on"), "BroadcastEnded": plain("stream_off"),
    },
}  # fmt: skip

"""EventSub notifications as rows: one table from subscription type to reader. No socket, no clock.

Works on the JSON as it came: a vendor's model of an event fails as a whole when one key is missing. Source of the keys:
dev.twitch.tv/docs/eventsub/eventsub-subscription-types.
"""

from collections.abc import Callable

from msgspec.structs import replace

from streamer.adapters.chat.twitch_eventsub import channel_rows as channel
from streamer.adapters.chat.twitch_eventsub import chat_rows as chat
from streamer.adapters.chat.twitch_eventsub.reading import Json, Malformed, Stamps, stamp, text
from streamer.ports import ChatRow

Reader = Callable[[Json, float], ChatRow | None]

READERS: dict[str, Reader] = {
    "channel.chat.message": chat.message,
    "channel.chat.notification": chat.notification,
    "channel.chat.message_delete": channel.message_delete,
    "channel.chat.clear_user_messages": channel.clear_user,
    "channel.chat.clear": channel.clear_chat,
    "channel.chat_settings.update": channel.chat_settings,
    "channel.ban": channel.ban,
    "channel.follow": channel.follow,
    "channel.channel_points_custom_reward_redemption.add": channel.redemption,
    "channel.bits.use": channel.power_up,
    "automod.message.hold": channel.held,
    "automod.message.update": channel.held_resolved,
    "channel.poll.begin": channel.poll_begin,
    "channel.poll.progress": channel.poll_progress,
    "channel.poll.end": channel.poll_end,
    "channel.prediction.begin": channel.prediction_begin,
    "channel.prediction.progress": channel.prediction_progress,
    "channel.prediction.lock": channel.prediction_progress,
    "channel.prediction.end": channel.prediction_end,
    "channel.hype_train.begin": channel.train_begin,
    "channel.hype_train.progress": channel.train_progress,
    "channel.hype_train.end": channel.train_end,
    "channel.ad_break.begin": channel.ad_break,
    "channel.goal.begin": channel.goal,
    "channel.goal.progress": channel.goal,
    "channel.goal.end": channel.goal,
    "channel.shield_mode.begin": channel.shield_on,
    "channel.shield_mode.end": channel.shield_off,
    "stream.online": channel.stream_on,
    "stream.offline": channel.stream_off,
    "channel.update": channel.channel_update,
}
# Events that carry no id of their own take that of their notification, which is the same when it is sent again.
_NAMELESS = frozenset({"cheer"})


class Rows:
    """Turns notifications into rows, by the platform's own times."""

    def __init__(self) -> None:
        self._stamps = Stamps()

    def decode(self, metadata: Json, payload: Json, at: float) -> ChatRow | None:
        """The row of a notification that came at `at` (seconds), or None when it says nothing about the chat.

        Raises Malformed, naming keys and never values, when it cannot be read.
        """
        event = payload.get("event")
        if not isinstance(event, dict):
            raise Malformed("no event")
        reader = READERS.get(text(metadata, "subscription_type"))
        if reader is None:
            raise Malformed("unknown subscription_type")
        row = reader(event, self._stamps.when(stamp(metadata, "message_timestamp"), at))
        if row is not None and not row.id and row.kind in _NAMELESS:
            return replace(row, id=text(metadata, "message_id"))
        return row

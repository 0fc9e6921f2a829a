"""Users whom the cast does not hear. Their words are neither answered nor shown to a persona."""

from msgspec.structs import replace

from streamer.core.commands import Command
from streamer.core.events import Tombstoned, UserIgnored, UserUnignored
from streamer.core.requests import remove
from streamer.core.show import IGNORED_MAX, Show
from streamer.core.taken_back import prepared_without, without


def ignore(show: Show, pressed: UserIgnored) -> tuple[Show, list[Command]]:
    """His requests are dropped, the prepared line that knows his words is made again without them. A line on air that
    answers him ends by itself. Beyond `IGNORED_MAX` users the first to be ignored is heard again."""
    user = pressed.user
    kept = {key: until for key, until in show.ignored.items() if key != user and (not until or until > show.now_ms)}
    while len(kept) >= IGNORED_MAX:
        del kept[next(iter(kept))]
    kept[user] = pressed.until_ms
    his = Tombstoned("user", user)
    recent = tuple(said for said in show.recent if said[1] != user)
    waiting = tuple(without(his, request) for request in show.requests)
    show = replace(show, ignored=kept, recent=recent, requests=waiting, wake_ms=0)
    show, out = remove(show, [request for request in show.requests if request.user == user], "ignored")
    show, more = prepared_without(show, his, "ignored")
    return show, out + more


def unignore(show: Show, pressed: UserUnignored) -> tuple[Show, list[Command]]:
    """He is heard again from his next message on."""
    if pressed.user not in show.ignored:
        return show, []
    return replace(show, ignored={key: until for key, until in show.ignored.items() if key != pressed.user}), []

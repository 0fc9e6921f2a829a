"""`GET /deck/<token>/<command>` for devices that can only open an address (Stream Deck's "Website" in the background).

A GET that acts must not be set off by a preview, a prefetch or a page that embeds it; the same command within 400 ms is
one press, but for push-to-talk, which is pressed and let go in one breath. Nothing here can be undone only with
difficulty, and nothing is a toggle but `mic`: a key for the microphone that has no state of its own is pressed by
somebody who sees the panel.
"""

from collections.abc import Callable
from time import monotonic

from aiohttp import web

from streamer.web.ears import MIC, EarDesk, press_mic
from streamer.web.grants import Grants
from streamer.web.operate import DECK, Bucket, Operator, is_scene, press
from streamer.web.rest import Problem

SAME_WITHIN_S = 0.4
PER_S = 5.0
_PREVIEWERS = (
    "bot/", "bot ", "facebookexternalhit", "slackbot", "twitterbot", "discordbot", "whatsapp", "telegrambot",
    "skypeuripreview", "linkedinbot", "crawler", "spider", "preview",
)  # fmt: skip
_DEAD_DESTINATIONS = ("document", "image", "iframe", "frame", "embed", "object", "script", "style")


class Deck:
    """`ears`: the host's microphone, where the show has an ear; without one its commands are not known."""

    def __init__(
        self,
        grants: Grants,
        operator: Operator,
        *,
        ears: EarDesk | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._grants = grants
        self._operator = operator
        self._ears = ears
        self._now = now
        self._last: dict[tuple[str, str], float] = {}
        self._buckets: dict[str, Bucket] = {}

    async def handle(self, request: web.Request) -> web.Response:
        grant = self._grants.find(request.match_info["token"])
        if grant is None or grant.kind != "deck" or "command" not in grant.scopes:
            raise Problem(403, "grant")
        headers = request.headers
        purpose = (headers.get("Purpose", "") + headers.get("Sec-Purpose", "")).lower()
        agent = headers.get("User-Agent", "").lower()
        if (
            headers.get("Sec-Fetch-Dest", "") in _DEAD_DESTINATIONS
            or "prefetch" in purpose
            or "preview" in purpose
            or any(name in agent for name in _PREVIEWERS)
        ):
            raise Problem(403, "preview", "open this address in the background, from a device")
        command = request.match_info["command"]
        ears = self._ears if command in MIC else None
        if command not in DECK and not is_scene(command) and ears is None:
            raise Problem(404, "no_command")
        now = self._now()
        if self._buckets.setdefault(grant.id, Bucket(PER_S, PER_S)).take(now):
            raise Problem(429, "slow_down", headers={"Retry-After": "1"})
        again = now - self._last.get((grant.id, command), -SAME_WITHIN_S) < SAME_WITHIN_S
        if not again or command.startswith("talk-"):
            self._last[grant.id, command] = now
            by = f"deck:{grant.id}"
            if ears is not None:
                press_mic(ears, command, by=by, via="deck")
            elif self._operator.press(press(command, by=by, via="deck")) == "unknown":
                raise Problem(404, "no_scene", "the scene map has no such scene")
        return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})

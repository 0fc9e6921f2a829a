"""One account's line to EventSub: a connection, the subscriptions on it, and the supervisor that keeps them.

Every few seconds what is wanted is compared with what is live, and what is missing is made. A connection that ends in
whatever way is replaced by a fresh one with fresh subscriptions. When Twitch asks to move, the old connection is read
until a moment after the new one was welcomed, so nothing is lost. What happens while no connection exists is lost by
Twitch itself: EventSub over WebSocket keeps nothing for later.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from msgspec.structs import replace

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.twitch_eventsub.heal import (
    WHOLE,
    Kind,
    Timing,
    Trouble,
    backoff_s,
    kind_of,
    kind_of_revocation,
    trouble,
)
from streamer.adapters.chat.twitch_eventsub.helix import Api, HelixError
from streamer.adapters.chat.twitch_eventsub.reading import Json, frame_of, number, part, parts, text
from streamer.adapters.chat.twitch_eventsub.wanted import Want
from streamer.adapters.chat.twitch_eventsub.wire import WRITTEN, Socket, socket
from streamer.ports import Account, Misconfigured, Unavailable

log = logging.getLogger(__name__)

Tell = Callable[[Json, Json, str], None]
"""Takes metadata, payload and the frame of a notification; neither waits nor raises."""

_AT_ONCE = 4
_PAGES_MAX = 5


class Line:
    """`run` ends when it is cancelled, and leaves no connection behind."""

    def __init__(
        self,
        user: str,
        account: Account,
        api: Api,
        url: str,
        tell: Tell,
        unread: Unread,
        *,
        timing: Timing,
        draw: Callable[[], float],
    ) -> None:
        self.user = user
        self.live: dict[Want, str] = {}
        """The id Twitch gave to each subscription that is in force."""
        self.troubles: dict[Want, Trouble] = {}
        """Why a subscription cannot be made, where it concerns this one alone."""
        self.whole: Trouble | None = None
        """Why none can be made."""
        self.signed_out = False
        self.opens_failed = 0
        self.retries = self.mended = 0
        """Connections that were made again; subscriptions that had gone without a word."""
        self._account = account
        self._api = api
        self._url = f"{url}{'&' if '?' in url else '?'}keepalive_timeout_seconds={timing.limits.keepalive_s}"
        self._tell = tell
        self._unread = unread
        self._timing = timing
        self._limits = timing.limits
        self._draw = draw
        self._wants: Sequence[Want] = ()
        self._current: Socket | None = None
        self._leaving: set[Socket] = set()
        self._moving = self._telling = False
        self._generation = 0
        self._opened_at = self._open_at = self._audited_at = 0.0
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        return self._current is not None and not self._current.ended

    def why_not(self) -> dict[Want, Trouble]:
        """What is missing, and why."""
        missing = [each for each in self._wants if each not in self.live]
        found = {each: self.troubles.get(each) or self.whole for each in missing}
        return {each: why for each, why in found.items() if why is not None}

    def want(self, wants: Sequence[Want]) -> None:
        """From now on these."""
        if tuple(wants) != tuple(self._wants):
            self._wants = tuple(wants)
            kept = set(wants)
            self.troubles = {each: why for each, why in self.troubles.items() if each in kept}
            self._wake.set()

    async def run(self) -> None:
        try:
            while True:
                self._wake.clear()
                try:
                    await self._heal()
                except Exception as wrong:  # noqa: BLE001 - a fault of ours must not make the chat deaf
                    log.error("the line to Twitch's events stumbled: %s", type(wrong).__name__)  # noqa: TRY400
                    self.opens_failed += 1
                    self._open_at = self._now() + self._pause(self.opens_failed)
                await self._rest()
        finally:
            await self._close()

    # --- the supervisor -----------------------------------------------------------------------------------------------

    async def _rest(self) -> None:
        now = self._now()
        soonest = now + self._timing.check_s
        if not self.connected:
            soonest = min(soonest, self._open_at)
        for why in self.why_not().values():
            soonest = min(soonest, max(why.again_at, self.whole.again_at if self.whole is not None else 0.0))
        try:
            async with asyncio.timeout_at(max(soonest, now + 0.01)):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _heal(self) -> None:
        """One comparison of wanted and live."""
        if self._moving or not self._wants:
            return
        if not self.connected and not await self._open_fresh():
            return
        now = self._now()
        if self.whole is None or self.whole.again_at <= now:
            await self._subscribe_all(
                [each for each in self._wants if each not in self.live and self._is_due(each, now)]
            )
        if self.connected and all(each in self.live for each in self._wants):
            for old in list(self._leaving):
                self._spawn(self._let_go(old))
        await self._unsubscribe_rest()
        if self.connected and self._now() - self._audited_at >= self._timing.audit_s:
            await self._audit()

    def _is_due(self, want: Want, now: float) -> bool:
        why = self.troubles.get(want)
        return why is None or why.again_at <= now

    async def _subscribe_all(self, missing: Sequence[Want]) -> None:
        """The first alone: when it fails for all of them, the rest is spared. Then a few at a time."""
        if not missing or not await self._subscribe(missing[0]):
            return
        for start in range(1, len(missing), _AT_ONCE):
            done = await asyncio.gather(*(self._subscribe(each) for each in missing[start : start + _AT_ONCE]))
            if not all(done):
                return

    async def _subscribe(self, want: Want) -> bool:
        """Whether it makes sense to go on with the next one."""
        from twitchio.eventsub.enums import SubscriptionType

        connection, generation = self._current, self._generation
        if connection is None or connection.ended or self._moving:
            return False
        try:
            answer = await self._api.call(
                lambda http: http.create_eventsub_subscription(
                    type=SubscriptionType(want.type),
                    version=want.version,
                    condition=dict(want.condition),  # pyright: ignore[reportArgumentType] - a TypedDict there
                    transport={"method": "websocket", "session_id": connection.session_id or ""},
                    token_for=want.token or want.user,
                )
            )
        except HelixError as wrong:
            return await self._failed(want, kind_of(wrong.status, wrong.message), wrong.retry_after_s, generation)
        except Misconfigured:
            self.signed_out = True
            return await self._failed(want, "signed_out", None, generation)
        except Unavailable as away:
            return await self._failed(want, "unreachable", away.retry_after_s, generation)
        self.signed_out = False
        self.whole = None
        if generation == self._generation:
            made = parts(answer if isinstance(answer, dict) else {}, "data")
            self.live[want] = text(made[0], "id") if made else ""
            self.troubles.pop(want, None)
        return True

    async def _failed(self, want: Want, kind: Kind, wait_s: float | None, generation: int) -> bool:
        if generation != self._generation:
            return False
        if kind == "exists":
            self.live[want] = ""  # Twitch says so; the audit gives it its id, or takes it away again
            self._audited_at = float("-inf")
            return True
        now = self._now()
        if kind in WHOLE:
            self.whole = trouble(kind, self.whole, now, self._timing, self._draw(), wait_s)
        else:
            self.troubles[want] = trouble(kind, self.troubles.get(want), now, self._timing, self._draw(), wait_s)
        if kind == "no_session" and self._current is not None and not self._moving:
            old = self._current
            self._lost()
            await old.shut()
        return kind not in WHOLE

    async def _unsubscribe_rest(self) -> None:
        """What is no longer wanted goes."""
        for want in [each for each in self.live if each not in self._wants]:
            known = self.live.pop(want)
            if known:
                try:
                    await self._api.call(
                        lambda http, known=known: http.delete_eventsub_subscription(known, token_for=self.user)
                    )
                except (HelixError, Misconfigured, Unavailable):
                    return

    async def _audit(self) -> None:
        """Ask Twitch what it really has: a subscription may go without a word."""
        self._audited_at = self._now()
        generation, believed = self._generation, dict(self.live)
        found: dict[str, Json] = {}
        params: dict[str, Any] = {"status": "enabled"}
        try:
            for _ in range(_PAGES_MAX):
                answer = await self._api.get("eventsub/subscriptions", dict(params), self.user)
                found |= {text(each, "id"): each for each in parts(answer, "data")}
                params["after"] = text(part(answer, "pagination"), "cursor")
                if not params["after"]:
                    break
        except (HelixError, Misconfigured, Unavailable):
            return
        if generation != self._generation or self._moving or self._current is None:
            return
        session = self._current.session_id or ""
        for want, believed_id in believed.items():
            known = believed_id or _same(want, session, found)
            if known in found:
                self.live[want] = known
            elif self.live.get(want) == believed_id:
                del self.live[want]
                self.mended += 1
                self._wake.set()

    # --- connections --------------------------------------------------------------------------------------------------

    async def _open_fresh(self) -> bool:
        if self._now() < self._open_at:
            return False
        made = socket(self._api.http, self.user, self._limits, self)
        try:
            await made.open(self._url)
        except Unavailable:
            self.opens_failed += 1
            self._open_at = self._now() + self._pause(self.opens_failed - 1)
            return False
        self._began(made)
        self._generation += 1
        self.live.clear()
        if self.whole is not None and self.whole.kind == "no_session":
            self.whole = None
        return True

    def _began(self, made: Socket) -> None:
        self._current = made
        self._opened_at = self._audited_at = self._now()

    def _lost(self) -> None:
        """The connection is gone, and all subscriptions with it."""
        now = self._now()
        self._current = None
        self._generation += 1
        self.live.clear()
        self.retries += 1
        lasted = now - self._opened_at >= self._timing.stable_s
        self.opens_failed = 0 if lasted else self.opens_failed + 1
        # The first time at once: most of the time it is the network's hiccup, and each second is chat nobody hears.
        self._open_at = now if self.opens_failed <= 1 else now + self._pause(self.opens_failed - 2)
        self._wake.set()

    async def _move(self, old: Socket, url: str) -> None:
        """Twitch wants this connection elsewhere; its subscriptions go along."""
        self._leaving.add(old)
        try:
            made = socket(self._api.http, self.user, self._limits, self)
            await made.open(url)
        except Exception:  # noqa: BLE001 - whatever it is, a fresh one, while the old one is read as long as it lasts
            self._moving = False
            self._lost()
            return
        self._moving = False
        if made.ended:
            self._lost()
            return
        self._began(made)
        self._wake.set()
        await asyncio.sleep(self._timing.linger_s)
        await self._let_go(old)

    async def _let_go(self, old: Socket) -> None:
        self._leaving.discard(old)
        await old.shut()

    async def _close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        rest = [each for each in (self._current, *self._leaving) if each is not None]
        self._current = None
        self._leaving.clear()
        self.live.clear()
        await asyncio.gather(*(each.shut() for each in rest), return_exceptions=True)

    # --- what sockets tell --------------------------------------------------------------------------------------------

    def ended(self, socket: Socket, code: int) -> None:
        """Every end is healed the same way; who minds our pings gets none any more."""
        if code == WRITTEN:
            self._limits = replace(self._limits, ping_s=0.0)
        self._leaving.discard(socket)
        if socket is self._current and not self._moving:
            self._lost()
        self._spawn(socket.shut())

    def heard(self, socket: Socket, frame: str) -> None:
        metadata, payload = frame_of(frame)
        match text(metadata, "message_type"):
            case "notification":
                self._tell(metadata, payload, frame)
            case "session_keepalive":
                pass
            case "session_welcome":
                session = part(payload, "session")
                socket.welcome(text(session, "id"), number(session, "keepalive_timeout_seconds"))
            case "session_reconnect":
                self._asked_to_move(socket, text(part(payload, "session"), "reconnect_url"), frame)
            case "revocation":
                self._revoked(part(payload, "subscription"), frame)
            case _:
                self._unread.keep(frame, "unknown message_type")

    def _asked_to_move(self, socket: Socket, url: str, frame: str) -> None:
        if not url.startswith(("ws://", "wss://")):
            self._unread.keep(frame, "no reconnect_url")
        elif socket is self._current and not self._moving:
            self._moving = True
            self._spawn(self._move(socket, url))

    def _revoked(self, subscription: Json, frame: str) -> None:
        revoked = text(subscription, "id")
        want = next((each for each, known in self.live.items() if known == revoked), None)
        if want is None:
            self._unread.keep(frame, "revocation of an unknown subscription")
            return
        del self.live[want]
        kind = kind_of_revocation(text(subscription, "status"))
        self.troubles[want] = trouble(kind, None, self._now(), self._timing, self._draw())
        if kind == "revoked" and not self._telling:
            self._telling = True
            self._spawn(self._tell_account())
        self._wake.set()

    async def _tell_account(self) -> None:
        """Whoever owns the tokens finds out whether this one is still any good."""
        try:
            await self._account.refused(await self._account.token())
            await self._account.token()
        except Misconfigured:
            self.signed_out = True
        except Unavailable:
            pass
        finally:
            self._telling = False
            self._wake.set()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (wrong := task.exception()) is not None:
            log.error("the line to Twitch's events stumbled: %s", type(wrong).__name__)

    def _pause(self, tries: int) -> float:
        return backoff_s(tries, self._timing, self._draw())

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _same(want: Want, session: str, found: dict[str, Json]) -> str:
    """The id of the subscription on our session that is what we want."""
    for known, each in found.items():
        same = text(each, "type") == want.type and part(each, "condition") == dict(want.condition)
        if same and text(part(each, "transport"), "session_id") == session:
            return known
    return ""

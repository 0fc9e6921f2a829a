"""What waits to be written into one chat, and the one worker that writes it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

import msgspec

from streamer.app.sending.ledger import Ledger, Written
from streamer.app.sending.limiter import Limiter
from streamer.ports import ChatWriter, Health, Misconfigured, Notice, Refused, Unavailable

log = logging.getLogger(__name__)

Priority = Literal["operator", "confirmation", "answer"]
RANKS: dict[Priority, int] = {"operator": 0, "confirmation": 1, "answer": 2}
FRESH_S: dict[Priority, float] = {"operator": 60.0, "confirmation": 15.0, "answer": 30.0}
"""How long a message may wait for its turn before nobody wants it any more."""
QUEUE_MAX = 20
MORE_S = 15.0
"""How long the rest of a message that has begun may take, from each of its pieces on."""
SEND_LIMIT_S = 15.0
BACKOFF_S, BACKOFF_MAX_S = 1.0, 20.0
TICK_S = 0.01
NAMES = {"twitch": "Twitch", "youtube": "YouTube"}


class Ticket:
    """What became of a message. `state`: waiting, done or dropped; `reason` is a code, worded under `reason.<code>`;
    `detail` may hold the platform's own words. `test`: it was never meant to reach a platform."""

    def __init__(self, platform: str, *, test: bool = False) -> None:
        self.platform = platform
        self.test = test
        self.state: Literal["waiting", "done", "dropped"] = "waiting"
        self.reason = ""
        self.detail = ""
        self.ids: list[str] = []
        self._settled = asyncio.Event()

    def end(self, state: Literal["done", "dropped"], reason: str = "", detail: str = "") -> None:
        if self.state == "waiting":
            self.state, self.reason, self.detail = state, reason, detail
            self._settled.set()

    async def settled(self, within_s: float) -> bool:
        """Whether it is decided by then."""
        try:
            async with asyncio.timeout(within_s):
                await self._settled.wait()
        except TimeoutError:
            return False
        return True


class Mail(msgspec.Struct, kw_only=True):
    """One message in its pieces. `about`: (uid, user key) of the messages it answers."""

    number: int
    priority: Priority
    pieces: list[str]
    ticket: Ticket
    expires: float
    reply_to: str = ""
    by: str = ""
    about: tuple[tuple[str, str], ...] = ()
    begun: bool = False
    same: bool = False
    """It waits because the same was written a moment ago."""
    taken_back: bool = False


class Post:
    """Of one platform. Without a writer what is put here waits until it is too old.

    `gone` tells whether the words behind a uid were taken back; `dropped` is told what was not written and why;
    `too_late` gets what was written although it was taken back meanwhile.
    """

    def __init__(
        self,
        platform: str,
        ledger: Ledger,
        now: Callable[[], float],
        *,
        gone: Callable[[str], bool],
        dropped: Callable[[str, str], None],
        too_late: Callable[[Written], None],
    ) -> None:
        self.platform = platform
        self.writer: ChatWriter | None = None
        self.sent = 0
        self.lost = 0
        self._ledger = ledger
        self._now = now
        self._gone = gone
        self._dropped = dropped
        self._too_late = too_late
        self._limiter = Limiter()
        self._account = ""
        self._mails: list[Mail] = []
        self._flying: Mail | None = None
        self._wake = asyncio.Event()
        self._tries = 0
        self._not_before = 0.0
        self._trouble: Notice | None = None
        self._broken = False

    # --- what is put here --------------------------------------------------------------------------------------------

    def use(self, writer: ChatWriter | None) -> None:
        """Write as this account from the next message on. Another account has limits of its own."""
        self.writer = writer
        if writer is not None:
            if self._account and writer.own and writer.own != self._account:
                self._limiter = Limiter()
            self._account = writer.own or self._account
            self._ledger.account(self.platform, writer.own)
        self._tries, self._not_before, self._trouble, self._broken = 0, 0.0, None, False
        self._wake.set()

    @property
    def waiting(self) -> int:
        return len(self._mails)

    def put(self, mail: Mail) -> None:
        """It waits for its turn. A full queue loses the least: of answers the oldest, of an operator's the newest."""
        if len(self._mails) >= QUEUE_MAX:
            idle = [each for each in self._mails if not each.begun and each is not self._flying]
            least = max(idle, key=lambda each: (RANKS[each.priority], -each.number), default=mail)
            if RANKS[least.priority] < RANKS[mail.priority] or mail.priority == least.priority == "operator":
                least = mail
            self._drop(least, "crowded")
            if least is mail:
                return
        self._mails.append(mail)
        self._wake.set()

    def withdraw(self, hit: Callable[[tuple[str, str]], bool]) -> None:
        """What answers words that were taken back is not written."""
        for mail in [mail for mail in self._mails if any(map(hit, mail.about))]:
            mail.taken_back = True
            if mail is not self._flying:
                self._drop(mail, "taken_back")

    # --- the worker ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Writes what is put here, until cancelled."""
        while True:
            self._wake.clear()
            wait_s = self._step()
            if wait_s == 0.0 and self._flying is not None:
                await self._send(self._flying)
                continue
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def close(self) -> None:
        """Nothing more is written."""
        for mail in list(self._mails):
            self._drop(mail, "closing", quiet=True)

    def _step(self) -> float | None:
        """0.0: `_flying` goes out now; else how long nothing has to be done (None: until something changes)."""
        now = self._now()
        for mail in [mail for mail in self._mails if mail.expires <= now]:
            self._drop(mail, self._why_late(mail))
        if not self._mails:
            return None
        expires_s = min(mail.expires for mail in self._mails) - now
        writer = self.writer
        if writer is None:
            return max(expires_s, TICK_S)
        if writer.own and writer.own != self._account:
            self._account = writer.own
            self._ledger.account(self.platform, writer.own)
        room_s = max(self._not_before - now, self._limiter.room_s(now, writer.rates))
        if room_s > 0:
            return max(min(room_s, expires_s), TICK_S)
        waits = [expires_s]
        for mail in self._in_order():
            wait_s = self._limiter.again_s(now, mail.pieces[0], writer.rates)
            mail.same = wait_s > 0
            if not mail.same:
                self._flying = mail
                return 0.0
            waits.append(wait_s)
        return max(min(waits), TICK_S)

    def _in_order(self) -> list[Mail]:
        """A message that has begun is ended before any other."""
        begun = [mail for mail in self._mails if mail.begun]
        return begun or sorted(self._mails, key=lambda mail: (RANKS[mail.priority], mail.number))

    def _why_late(self, mail: Mail) -> str:
        if self.writer is None:
            return "not_signed_in"
        return "duplicate" if mail.same else "unavailable" if self._trouble is not None else "too_old"

    async def _send(self, mail: Mail) -> None:
        writer, piece = self.writer, mail.pieces[0]
        if writer is None or any(self._gone(uid) for uid, _ in mail.about):
            self._flying = None
            if writer is not None:
                self._drop(mail, "taken_back")
            return
        now = self._now()
        self._limiter.take(now)
        self._ledger.sending(self.platform, piece, now)
        try:
            async with asyncio.timeout(SEND_LIMIT_S):
                made = await writer.send(piece, reply_to=mail.reply_to)
        except asyncio.CancelledError:
            self._limiter.settle(self._now())
            raise
        except Exception as wrong:  # noqa: BLE001 - whatever a platform's client raises, the worker goes on
            self._limiter.settle(self._now())
            self._failed(mail, piece, wrong)
        else:
            self._limiter.settle(self._now(), piece)
            self._arrived(mail, piece, made)
        finally:
            self._flying = None

    def _arrived(self, mail: Mail, piece: str, made: str) -> None:
        now = self._now()
        written = Written(platform=self.platform, id=made, text=piece, at=now, about=mail.about, by=mail.by)
        self._ledger.written(written)
        self.sent += 1
        self._tries, self._trouble, self._broken = 0, None, False
        mail.ticket.ids.append(made)
        mail.begun, mail.reply_to = True, ""
        mail.expires = max(mail.expires, now + MORE_S)
        del mail.pieces[0]
        if mail.taken_back or any(self._gone(uid) for uid, _ in mail.about):
            self._too_late(written)
            self._drop(mail, "taken_back")
        elif not mail.pieces:
            self._mails.remove(mail)
            mail.ticket.end("done")

    def _failed(self, mail: Mail, piece: str, wrong: Exception) -> None:
        now = self._now()
        match wrong:
            case Refused(code="gone") if mail.reply_to and mail.priority != "answer":
                mail.reply_to = ""  # what it replies to is no longer there; it may still be said
            case Refused(code=code, reason=reason):
                if code == "duplicate":
                    self._limiter.settle(now, piece)
                if code in ("banned", "not_allowed"):
                    self._trouble = Notice(f"chat.write.{code}", {"reason": reason})
                self._drop(mail, code, reason)
            case Misconfigured(reason=reason, fix=fix):
                self._trouble, self._broken = Notice("part.misconfigured", {"reason": reason}, fix), True
                self._drop(mail, "not_signed_in", reason)
            case Unavailable() | TimeoutError():
                reason = wrong.reason if isinstance(wrong, Unavailable) else "no answer"
                hint = wrong.retry_after_s if isinstance(wrong, Unavailable) else None
                wait_s = min(BACKOFF_MAX_S, BACKOFF_S * 2**self._tries)
                self._tries = min(self._tries + 1, 10)
                self._not_before = now + max(wait_s, hint or 0.0)
                self._trouble = Notice("chat.write.unavailable", {"reason": reason})
                if mail.taken_back:
                    self._drop(mail, "taken_back")
            case _:
                log.error("writing into a chat failed: %s", type(wrong).__name__)
                self._trouble = Notice("part.failed", {"reason": type(wrong).__name__})
                self._drop(mail, "failed")

    def _drop(self, mail: Mail, reason: str, detail: str = "", *, quiet: bool = False) -> None:
        if mail in self._mails:
            self._mails.remove(mail)
        mail.ticket.end("dropped", reason, detail)
        self.lost += 1
        if not quiet and reason != "taken_back":
            self._dropped(self.platform, reason)

    # --- how it is ----------------------------------------------------------------------------------------------------

    def health(self) -> Health | None:
        """None while nobody can write here and nobody wants to."""
        part = f"chat.write.{self.platform}"
        if self._trouble is not None:
            return Health(part, "broken" if self._broken else "degraded", self._trouble)
        if self.writer is None:
            return None
        return Health(part, "ok", Notice("chat.write.ok", {"sent": self.sent, "waiting": len(self._mails)}))

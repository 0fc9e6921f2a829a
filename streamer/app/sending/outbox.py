"""Everything the show writes into chats: one `Post` per platform, our replies taken back with what they answer."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from streamer.app.sending.ledger import Ledger, Written
from streamer.app.sending.post import FRESH_S, NAMES, Mail, Post, Priority, Ticket
from streamer.app.sending.split import pieces
from streamer.core.events import Scope
from streamer.ports import ChatWriter, Health, Misconfigured, Refused, Unavailable

DELETE_TRIES_S = (0.0, 1.0, 4.0, 15.0)
"""Waits before each try to take a reply of ours back."""
PIECES_MAX = 4
"""Longer texts lose their end: nobody wants a wall of our own."""

Spawn = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]
Tell = Callable[[str, dict[str, str | int | float]], None]


def _never(_uid: str) -> bool:
    return False


class Outbox:
    """`now`: seconds of a clock that only rises. `spawn` runs work that ends with the house. `tell(code, params)` puts
    a sentence into the panel's log. `gone` tells whether the words behind a uid were taken back."""

    def __init__(
        self,
        *,
        now: Callable[[], float],
        spawn: Spawn,
        tell: Tell = lambda _code, _params: None,
        gone: Callable[[str], bool] = _never,
        ledger: Ledger | None = None,
    ) -> None:
        self.ledger = ledger or Ledger()
        self.on_change: Callable[[], None] = lambda: None
        """Called when an account comes or goes."""
        self._now = now
        self._spawn = spawn
        self._tell = tell
        self._gone = gone
        self._posts: dict[str, Post] = {}
        self._number = 0

    # --- who writes ---------------------------------------------------------------------------------------------------

    def use(self, writers: Iterable[ChatWriter]) -> None:
        """The accounts that write from now on, one per platform. What waits for a platform that lost its account is
        kept while it is fresh, in case another one comes."""
        by_platform: dict[str, ChatWriter] = {}
        for writer in writers:
            by_platform.setdefault(writer.platform, writer)
        changed = False
        for platform in {*self._posts, *by_platform}:
            post, writer = self._post(platform), by_platform.get(platform)
            if post.writer is not writer:
                post.use(writer)
                changed = True
        if changed:
            self.on_change()

    def writer(self, platform: str) -> ChatWriter | None:
        post = self._posts.get(platform)
        return post.writer if post is not None else None

    @property
    def platforms(self) -> Sequence[str]:
        """Where an account of ours can do something."""
        return [platform for platform, post in self._posts.items() if post.writer is not None]

    def _post(self, platform: str) -> Post:
        if platform not in self._posts:
            post = self._posts[platform] = Post(
                platform, self.ledger, self._now, gone=self._gone, dropped=self._dropped, too_late=self._take_back
            )
            self._spawn(post.run(), f"write {platform}")
        return self._posts[platform]

    # --- sending ------------------------------------------------------------------------------------------------------

    def send(
        self,
        platform: str,
        text: str,
        *,
        reply_to: str = "",
        by: str = "",
        priority: Priority = "operator",
        about: tuple[tuple[str, str], ...] = (),
        test: bool = False,
    ) -> Ticket:
        """Write a text, in several messages where it is long. `reply_to` is the platform's id of a message.

        `test`: the whole way but the last step: it shows as done and reaches nobody.
        """
        ticket = Ticket(platform, test=test)
        writer = self.writer(platform)
        most = writer.rates.length if writer is not None else 200
        parts = pieces(text, most, bang=priority == "operator")
        if len(parts) > PIECES_MAX and priority != "operator":
            parts = [*parts[: PIECES_MAX - 1], pieces(parts[PIECES_MAX - 1], most - 2)[0] + " …"]
        if len(parts) > PIECES_MAX:
            ticket.end("dropped", "too_long")
        elif not parts:
            ticket.end("dropped", "empty")
        elif test:
            ticket.end("done")
            self._tell("chat.write.test", {"platform": _name(platform)})
        elif writer is None or "send" not in writer.acts:
            ticket.end("dropped", "not_signed_in")
        else:
            self._number += 1
            self._post(platform).put(
                Mail(
                    number=self._number,
                    priority=priority,
                    pieces=parts,
                    ticket=ticket,
                    expires=self._now() + FRESH_S[priority],
                    reply_to=reply_to,
                    by=by,
                    about=about,
                )
            )
        return ticket

    def _dropped(self, platform: str, reason: str) -> None:
        self._tell("chat.unsent", {"platform": _name(platform), "reason": reason})

    # --- taking back --------------------------------------------------------------------------------------------------

    def taken_back(self, scope: Scope, key: str) -> None:
        """Words are gone: what answers them is not written, and what was written is deleted where we may."""

        def hit(said: tuple[str, str]) -> bool:
            match scope:
                case "message":
                    return said[0] == key
                case "user":
                    return said[1] == key
                case "room":
                    return said[0].partition(":")[0] == key

        for post in self._posts.values():
            post.withdraw(hit)
        for written in self.ledger.about(scope, key):
            self.ledger.forget(written)
            if scope != "room":  # a cleared chat has lost our replies with the rest
                self._take_back(written)

    def _take_back(self, written: Written) -> None:
        self._spawn(self._delete(written), "take a reply back")

    async def _delete(self, written: Written) -> None:
        """A reply of ours leaves the platform; who may not delete it says so."""
        for wait_s in DELETE_TRIES_S:
            await asyncio.sleep(wait_s)
            writer = self.writer(written.platform)
            if writer is None or "delete" not in writer.acts:
                break
            try:
                await writer.delete(written.id)
            except Refused as wrong:
                if wrong.code == "gone":
                    return
                break
            except Misconfigured:
                break
            except (Unavailable, TimeoutError):
                continue
            else:
                self.ledger.forget(written)
                return
        self._tell("chat.reply_stays", {"platform": _name(written.platform)})

    # --- how it is ----------------------------------------------------------------------------------------------------

    def health(self) -> list[Health]:
        """One row per chat that is written to."""
        found = [post.health() for _, post in sorted(self._posts.items())]
        return [each for each in found if each is not None]

    def close(self) -> None:
        """What waits is given up; the workers end with the house."""
        for post in self._posts.values():
            post.close()


def _name(platform: str) -> str:
    return NAMES.get(platform, platform)

"""What the show tells other programs, as one object for the conductor and the house.

Everything the conductor calls is synchronous and quick: events go into the queues of the targets, whose workers are
tasks of the house. A target that does not answer costs the show nothing.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from streamer.adapters.chat.streamerbot.settings import ActionRule
from streamer.app.outward.actions import ActionTarget, Doer
from streamer.app.outward.settings import Webhook
from streamer.app.outward.told import Teller, Told
from streamer.app.outward.webhooks import WebhookTarget
from streamer.core.commands import Command, Erase
from streamer.core.events import ChatReceived, Event
from streamer.ports import Health, Heard
from streamer.speech.view import ClauseView

Start = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]
Target = WebhookTarget | ActionTarget


def _new_id() -> str:
    return uuid.uuid4().hex


class Outward:
    """Create it inside the running loop; `follow` names the targets, at the start and after every reload."""

    def __init__(
        self,
        *,
        start: Start,
        name_of: Callable[[str], str],
        words: Callable[[str], str | None],
        bot: Callable[[], Doer | None],
        wall: Callable[[], float] = time.time,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        """`start` makes a task that ends with the house; `name_of` gives a persona's shown name; `words` is the text
        store's `get`; `bot` the connection to Streamer.bot of this moment, or None."""
        self._start = start
        self._bot = bot
        self._wall = wall
        self._targets: list[tuple[object, Target, asyncio.Task[None]]] = []
        self._teller = Teller(self._send, name_of=name_of, words=words, new_id=new_id, wall=wall)

    def follow(self, webhooks: Sequence[Webhook], rules: Sequence[ActionRule]) -> None:
        """From now on tell these. A target that stays goes on with its queue."""
        wanted: list[tuple[object, Callable[[], Target]]] = [
            (("webhook", number, hook), lambda hook=hook, number=number: WebhookTarget(f"webhook.{number}", hook))
            for number, hook in enumerate(webhooks, 1)
        ]
        if rules:
            wanted.append((("actions", *rules), lambda: ActionTarget(rules, self._bot, wall=self._wall)))
        old, self._targets = self._targets, []
        for key, make in wanted:
            kept = next((each for each in old if each[0] == key), None)
            if kept is not None:
                old.remove(kept)
                self._targets.append(kept)
            else:
                target = make()
                self._targets.append((key, target, self._start(target.run(), "outward")))
        for _, _, task in old:
            task.cancel()

    def health(self) -> list[Health]:
        return [target.health() for _, target, _ in self._targets]

    # --- what the conductor calls -------------------------------------------------------------------------------------

    def ordered(self, command: Command) -> None:
        """A command of the core is carried out."""
        self._teller.ordered(command)

    def folded(self, event: Event) -> None:
        """A fact was folded."""
        self._teller.folded(event)

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        self._teller.clause(line, index, value)

    def heard(self, heard: Heard) -> None:
        self._teller.heard(heard)

    def chat(self, event: ChatReceived, text: str, name: str) -> None:
        """`text` and `name` are what moderation left of them."""
        self._teller.chat(event, text, name)

    def erased(self, erased: Erase, lines: Iterable[int]) -> None:
        """Words were taken back; `lines` were about them."""
        self._teller.erased(erased, lines)

    def _send(self, told: Told) -> None:
        for _, target, _ in self._targets:
            target.offer(told)

"""A language model asked again for a few lines of a rehearsal, within a limit; else they stay as prepared.

The rehearsal itself is played with a modelled brain, because a real one would take as long as the show. Its best
moments are worth asking the real one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Final, Literal

from streamer.ports import Completion, LanguageModel, Misconfigured, Token, Unavailable, Usage
from streamer.speech.guard import Guard, Judge
from streamer.speech.script import Script

log = logging.getLogger(__name__)

MODEL_LIMIT_S: Final = 20.0
"""For all lines together, from the first question on."""

By = Literal["model", "prepared"]


class Retold:
    """LanguageModel. Answers whole, so that an answer that came too late or must not be said is never begun."""

    name = "retold"

    def __init__(
        self, model: LanguageModel | None, prepared: Mapping[int, str], judge: Judge, *, limit_s: float = MODEL_LIMIT_S
    ) -> None:
        """Create it inside the running loop. `prepared`: the lines of the rehearsal by number, with their tags."""
        self._model = model
        self._prepared = prepared
        self._judge = judge
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + limit_s
        self.by: dict[int, By] = {}
        self.usages: list[Usage] = []
        self.reason = ""
        """Why the model did not answer, the last time it did not; for people."""

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        """See the port. Raises nothing: without an answer the prepared line comes."""
        line = int(request.hints.get("line", "0") or 0)
        text, usage = await self._asked(self._model, request) if self._model is not None else ("", None)
        if text and self._sayable(text):
            self.by[line] = "model"
        else:
            self.by[line] = "prepared"
            text = self._prepared.get(line, "")
        yield Token(text)
        yield usage if usage is not None else Usage()

    async def warm(self) -> None:
        """Nothing to load."""

    async def aclose(self) -> None:
        """The model belongs to whoever opened it."""

    async def _asked(self, model: LanguageModel, request: Completion) -> tuple[str, Usage | None]:
        parts: list[str] = []
        usage: Usage | None = None
        stream = model.stream(request)
        try:
            async with asyncio.timeout(max(0.0, self._until - self._loop.time())):
                async for item in stream:
                    if isinstance(item, Usage):
                        usage = item
                        self.usages.append(item)
                    else:
                        parts.append(item.text)
        except (Unavailable, Misconfigured) as away:
            self.reason = away.reason
            return "", usage
        except TimeoutError:
            self.reason = "it took too long"
            return "", usage
        except Exception as wrong:  # noqa: BLE001 - whatever a model raises, the prepared line remains
            log.error("the language model raised %s", type(wrong).__name__)  # noqa: TRY400 - it may quote the chat
            self.reason = "it failed"
            return "", usage
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
        return ("".join(parts), usage) if usage is None or usage.complete else ("", usage)

    def _sayable(self, text: str) -> bool:
        """Something of it is left after tags and guard, and the guard does not end it."""
        script = Script(Guard(self._judge))
        said = [*script.feed(text), *script.finish()]
        return bool(said) and script.ended != "guard"

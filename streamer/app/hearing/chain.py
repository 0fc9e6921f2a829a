"""Recognisers in order: what one cannot understand is given to the next, whole.

The sound of an utterance is kept until it is understood, so that nothing of it is lost when an engine dies in the
middle. An engine that must be set up differently stays out until the settings change; one that fails twice within a
minute stays out for half a minute.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final as Constant

from streamer.ports import (
    EAR_RATE_HZ,
    Final,
    Health,
    Hearing,
    Loading,
    Misconfigured,
    Notice,
    Partial,
    RecognizerCaps,
    SpeechRecognizer,
    Unavailable,
)

log = logging.getLogger(__name__)

FAILURES: Constant = 2
WITHIN_S: Constant = 60.0
OUT_S: Constant = 30.0
ENGINE_S: Constant = 7.0
"""For the words of one utterance; then the next engine is asked."""
KEPT_BYTES: Constant = 30 * EAR_RATE_HZ * 2
"""Of one utterance; the ear ends them long before."""
NOBODY: Constant = "no recogniser is ready"


class Engine:
    """One recogniser of the chain and how it is doing."""

    def __init__(self, name: str, recognizer: SpeechRecognizer, now_s: Callable[[], float]) -> None:
        self.name = name
        self.recognizer = recognizer
        self._now_s = now_s
        self._failed_s: list[float] = []
        self._out_until = 0.0
        self.loading: Loading | None = None
        self.state: str = "loading"
        """`loading`, `ready`, `unset` (must be set up differently), `away` (may be back)."""
        self.reason = ""
        self.fix = ""

    @property
    def usable(self) -> bool:
        return self.state == "ready" and self._now_s() >= self._out_until

    async def load(self, tell: Callable[[], None], *, again: bool = False) -> None:
        """Make it ready. Says how far it is by `tell`; raises nothing. `again`: it stays what it was until it is."""

        def progress(loading: Loading) -> None:
            self.loading = loading
            tell()

        if not again:
            self.state = "loading"
        try:
            await self.recognizer.load(progress)
            self.state, self.reason, self.fix = "ready", "", ""
        except Misconfigured as wrong:
            self.state, self.reason, self.fix = "unset", wrong.reason, wrong.fix
        except Unavailable as away:
            self.state, self.reason, self.fix = "away", away.reason, ""
        except Exception:  # a fault of ours must not make the show deaf to the next engine
            log.exception("the recogniser %s could not be loaded", self.name)
            self.state, self.reason, self.fix = "away", "it could not be loaded", ""
        finally:
            self.loading = None
            tell()

    def failed(self, wrong: Unavailable | Misconfigured) -> None:
        log.warning("recogniser %s gave up an utterance: %s", self.name, wrong.reason)
        self.reason = wrong.reason
        if isinstance(wrong, Misconfigured):
            self.state, self.fix = "unset", wrong.fix
            return
        now = self._now_s()
        self._failed_s = [at for at in self._failed_s if now - at < WITHIN_S] + [now]
        if len(self._failed_s) >= FAILURES:
            self._out_until = now + OUT_S
            self._failed_s = []

    def understood(self) -> None:
        self._failed_s, self.reason, self.fix = [], "", ""

    def health(self) -> Health:
        part = f"ear.{self.name}"
        if self.state == "loading":
            return Health(part, "starting", Notice("ear.loading", {"engine": self.name}))
        if self.state == "unset":
            return Health(part, "broken", Notice("part.misconfigured", {"reason": self.reason}, self.fix))
        if self.state == "away" or self._now_s() < self._out_until or self.reason:
            return Health(part, "degraded", Notice("part.unavailable", {"reason": self.reason}))
        note = str(getattr(self.recognizer, "about", {}).get("note") or "")
        if note:  # a graphics card that does not work after all
            return Health(part, "ok", Notice("ear.ready_note", {"engine": self.name, "note": note}))
        return Health(part, "ok", Notice("ear.ready", {"engine": self.name}))


class ChainRecognizer:
    """`SpeechRecognizer` over several, best first. `tell` is called when how they are has changed."""

    def __init__(
        self, engines: Mapping[str, SpeechRecognizer], now_s: Callable[[], float], tell: Callable[[], None]
    ) -> None:
        self.engines = [Engine(name, recognizer, now_s) for name, recognizer in engines.items()]
        self._tell = tell
        self._hearing = 0
        self.silent = asyncio.Event()
        """Nothing is waiting to be understood."""
        self.silent.set()

    @property
    def caps(self) -> RecognizerCaps:
        """Of the engine that hears now; of none before one is ready."""
        engine = self.best()
        return engine.recognizer.caps if engine is not None else RecognizerCaps("none")

    def best(self, after: Engine | None = None) -> Engine | None:
        """The first usable engine (behind `after`)."""
        start = self.engines.index(after) + 1 if after is not None else 0
        return next((engine for engine in self.engines[start:] if engine.usable), None)

    @property
    def loading(self) -> tuple[Engine, Loading] | None:
        return next(((each, each.loading) for each in self.engines if each.loading is not None), None)

    async def load(self, progress: Callable[[Loading], None]) -> None:
        """All of them, one after the other, best first: two models that load at once delay each other."""
        del progress  # each says how far it is by itself
        for engine in self.engines:
            await engine.load(self._tell)

    async def load_again(self) -> None:
        """Those that could not be loaded: a server may have come up, a model may have been fetched."""
        for engine in self.engines:
            if engine.state in ("away", "unset"):
                await engine.load(self._tell, again=True)

    @property
    def hearing(self) -> int:
        """Utterances that are not understood yet."""
        return self._hearing

    def began(self) -> None:
        self._hearing += 1
        self.silent.clear()

    def over(self) -> None:
        self._hearing -= 1
        if self._hearing == 0:
            self.silent.set()

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> "ChainHearing":
        return ChainHearing(self, language, hints, on_partial)

    async def aclose(self) -> None:
        await asyncio.gather(*(each.recognizer.aclose() for each in self.engines), return_exceptions=True)

    def healths(self) -> Sequence[Health]:
        return [engine.health() for engine in self.engines]


class ChainHearing:
    """One utterance, at one engine after the other until it is understood."""

    def __init__(
        self, chain: ChainRecognizer, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]
    ) -> None:
        self._chain = chain
        self._language = language
        self._hints = hints
        self._on_partial = on_partial
        self._sound = bytearray()
        self._engine: Engine | None = None
        self._hearing: Hearing | None = None
        self._dropped = False
        self._over = False
        chain.began()
        self._begin(chain.best())

    def feed(self, pcm: bytes) -> None:
        if len(self._sound) < KEPT_BYTES:
            self._sound += pcm
        if self._hearing is not None:
            self._hearing.feed(pcm)

    async def look(self) -> Partial:
        """What is understood by now; nothing, when no engine can tell."""
        while (hearing := self._hearing) is not None:
            try:
                return await hearing.look()
            except (Unavailable, Misconfigured) as wrong:
                self._next(wrong)
        return Partial("")

    async def finish(self) -> Final:
        try:
            return await self._finished()
        finally:
            self._end()

    async def _finished(self) -> Final:
        wrong: Unavailable | Misconfigured = Unavailable(NOBODY)
        while (hearing := self._hearing) is not None:
            try:
                async with asyncio.timeout(ENGINE_S):
                    final = await hearing.finish()
            except TimeoutError:  # it keeps its own limit, or should
                wrong = Unavailable("no words in time")
                self._next(wrong)
            except (Unavailable, Misconfigured) as error:
                wrong = error
                self._next(error)
            else:
                if self._engine is not None:
                    self._engine.understood()
                return final
        raise wrong

    def drop(self) -> None:
        self._dropped = True
        self._end()
        hearing, self._hearing = self._hearing, None
        if hearing is not None:
            hearing.drop()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._chain.over()

    def _next(self, wrong: Unavailable | Misconfigured) -> None:
        engine, hearing = self._engine, self._hearing
        if self._dropped or engine is None:
            self._hearing = None
            return
        engine.failed(wrong)
        if hearing is not None:
            hearing.drop()
        self._begin(self._chain.best(engine))

    def _begin(self, engine: Engine | None) -> None:
        self._engine, self._hearing = engine, None
        if engine is None:
            return
        self._hearing = engine.recognizer.hear(language=self._language, hints=self._hints, on_partial=self._on_partial)
        if self._sound:
            self._hearing.feed(bytes(self._sound))

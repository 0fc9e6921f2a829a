"""The host's ear in a running show: sound comes in, facts and words go out, the panel sees how it is.

The sound comes from a page of the panel or from a device of this computer. A detector says when somebody speaks, a
recogniser what is said; both live in processes of their own. Without a recogniser the show still notices that its host
speaks; without a detector's package a simpler one of ours looks at the level.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from streamer.adapters.audio.device.microphone import DeviceMicrophone
from streamer.adapters.vad.energy import EnergyVad
from streamer.adapters.vad.silero import SileroVad
from streamer.app.hearing.chain import ChainRecognizer
from streamer.app.hearing.opening import asr_key, open_recognizers
from streamer.app.hearing.said import SOUNDS_S, CastSaid
from streamer.app.latencies import Latencies
from streamer.app.settings import Settings
from streamer.core.events import Event, HostEarChanged, HostSpeechConfirmed, HostVoiceEnded, HostVoiceSuspected
from streamer.hearing.ear import Ear
from streamer.hearing.turn import Turn
from streamer.ports import ChatRow, Health, Loading, Misconfigured, Notice, Unavailable, VoiceActivity
from streamer.web.earroom import EarRoom

log = logging.getLogger(__name__)

TELL_S: Final = 0.2
"""The level is told this often at most."""
EARLY: Final = 100
"""Frames kept until the detector is there: 2 s."""
AGAIN_S: Final = 1.0
RELOAD_S: Final = 30.0
REST_S: Final = 10.0
PUSH_LIMIT_S: Final = 60.0
"""Push-to-talk from outside: whoever pressed may never come back."""
METER_FACTS: Final = (HostVoiceSuspected, HostSpeechConfirmed, HostVoiceEnded)


@dataclass(frozen=True)
class HearingHouse:
    """What the ear needs of the show."""

    settings: Callable[[], Settings]
    names: Callable[[], Sequence[str]]
    """Of the cast: what is likely to be said."""
    language: Callable[[], str]
    emit: Callable[[Event], None]
    say: Callable[[ChatRow], None]
    """Words of the host, into the show by the way all words go."""
    publish: Callable[[Mapping[str, object]], None]
    start: Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]
    show_s: Callable[[], float]
    state: Path
    """The state folder: models are below it."""
    first_number: int = 1


class HearingRoom:
    """Everything is called on the loop's thread. `page` is the room of the panel's microphone."""

    def __init__(self, house: HearingHouse, page: EarRoom, said: CastSaid, latencies: Latencies) -> None:
        self._house = house
        self.page = page
        self._said = said
        self._latencies = latencies
        self._loop = asyncio.get_running_loop()
        self._vad: VoiceActivity | None = None
        self._ear: Ear | None = None
        self._early: deque[bytes] = deque(maxlen=EARLY)
        self._opening: asyncio.Task[None] | None = None
        self._device: DeviceMicrophone | None = None
        self._device_task: asyncio.Task[None] | None = None
        self._device_health: Health | None = None
        self._device_hears = False
        self.chain: ChainRecognizer | None = None
        self._load_task: asyncio.Task[None] | None = None
        self._trouble: Notice | None = None
        """Why the last utterance was not understood."""
        self._asr: object = None
        self._broken: Sequence[Health] = ()
        self._fetch: Loading | None = None
        self._fetch_notice: Notice | None = None
        self._source: object = None
        self._closing = False
        self.muted = False
        self._pushed_until_s = 0.0
        self._partial = ""
        self._last = ""
        self._number = house.first_number
        self._meter = False
        self._connected = False
        self._tell_timer: asyncio.TimerHandle | None = None
        self._told: Mapping[str, object] | None = None
        page.on_frame, page.on_push, page.on_change = self._page_frame, self._page_push, self._page_changed
        said.on_heard = self._cast_heard
        said.on_erased = self.forget

    # --- opening and closing ------------------------------------------------------------------------------------------

    async def change(self) -> None:
        """Open what the settings name, close what they name no more."""
        settings = self._house.settings()
        ears = settings.ears
        if self._source is None:
            self.muted = ears.muted
        source = (ears.source, ears.device)
        if source != self._source:
            self._source = source
            await self._end_device()
            if ears.source == "device":
                self._device_task = self._house.start(self._listen(ears.device), "microphone")
        wanted = asr_key(settings) if ears.source in ("browser", "device") else None
        if wanted != self._asr:
            self._asr = wanted
            await self._change_chain()
        self._follow()

    async def _hear(self) -> None:
        """With the first sound there is: whoever never speaks pays for no detector. One that dies is replaced."""
        self._vad = await open_detector()
        while True:
            self._ear = self._new_ear(self._vad)
            self._follow()
            try:
                await self._ear.run()
            except (Unavailable, Misconfigured) as wrong:
                log.warning("the voice detector %s is given up: %s", self._vad.name, wrong.reason)
                await self._vad.aclose()
                self._vad = EnergyVad()
            except Exception:  # a fault of ours must not leave the show deaf
                log.exception("the ear failed and begins anew")
                await asyncio.sleep(AGAIN_S)

    def _new_ear(self, vad: VoiceActivity) -> Ear:
        return Ear(
            vad=vad,
            emit=self._fact,
            on_turn=self._turn,
            clock=self._loop.time,
            recognizer=self._recognizer,
            on_partial=self._understood,
            on_trouble=self._troubled,
            language=self._language(),
            hints=self._house.names,
            cast_said=self._said.words,
            on_air=lambda: self._said.sounding,
        )

    async def _change_chain(self) -> None:
        old, self.chain, self._broken = self.chain, None, ()
        if self._load_task is not None:
            self._load_task.cancel()
            self._load_task = None
        if self._asr is not None:
            engines, self._broken = open_recognizers(self._house.settings(), self._house.state)
            if engines:
                self.chain = ChainRecognizer(engines, self._loop.time, self.tell)
                self._load_task = self._house.start(self._load(self.chain, old), "load recognisers")
                return
        if old is not None:
            self._house.start(_rest(old), "close recognisers")

    async def _load(self, chain: ChainRecognizer, old: ChainRecognizer | None) -> None:
        """Two models at once may be more than a machine holds, so the old ones go first; what they were about to
        understand is waited for. Those that could not be loaded are tried again: a server may have come up."""
        if old is not None:
            await _rest(old)
        await chain.load(lambda _: None)
        while True:
            await asyncio.sleep(RELOAD_S)
            await chain.load_again()

    async def _end_device(self) -> None:
        task, self._device_task = self._device_task, None
        device, self._device = self._device, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if device is not None:
            await device.aclose()
        self._device_hears, self._device_health = False, None

    async def aclose(self) -> None:
        self._closing = True
        if self._tell_timer is not None:
            self._tell_timer.cancel()
        ends = [self._end_device()]
        if self._ear is not None:
            self._ear.close("closing")
        if self.chain is not None:
            ends.append(self.chain.aclose())
        if self._vad is not None:
            ends.append(self._vad.aclose())
        await asyncio.gather(*ends, return_exceptions=True)

    # --- the sound ----------------------------------------------------------------------------------------------------

    async def _listen(self, name: str) -> None:
        """The local device, for as long as it is wanted: it may be unplugged and come back."""
        self._device = device = DeviceMicrophone(name)
        await device.keep(self._device_frame, self._device_told)

    def _device_frame(self, frame: bytes) -> None:
        if self.state == "open":
            self._heard(frame)

    def _device_told(self, health: Health) -> None:
        self._device_health = health
        self._device_hears = health.state == "ok"
        self._follow()

    def _page_frame(self, frame: bytes) -> None:
        if self._from_page:
            self._heard(frame)

    def _heard(self, frame: bytes) -> None:
        """What is said while the detector is being started is not lost."""
        if self._ear is None:
            self._early.append(frame)
            return
        while self._early:
            self._ear.feed(self._early.popleft())
        self._ear.feed(frame)

    def _page_push(self, on: bool) -> None:  # noqa: FBT001 - the room's callback
        if self._from_page:
            self._push(on=on)

    def _push(self, *, on: bool) -> None:
        """Whoever presses is listened to at once; what was said until the key is let go is kept."""
        if on:
            self._follow()
        if self._ear is not None:
            self._ear.push(on)
        if not on and self.state == "deaf":
            self._loop.call_later(SOUNDS_S, self._follow)  # the ear first takes what is on its way
        elif not on:
            self._follow()

    def _page_changed(self) -> None:
        if not self.page.connected:
            self._pushed_until_s = 0.0
        self._follow()

    def _cast_heard(self) -> None:
        """Open speakers: the microphone hears the cast as well, so nobody listens until it has ended."""
        if self._house.settings().ears.open_speakers:
            self._follow()
            self._loop.call_later(SOUNDS_S + 0.01, self._follow)

    @property
    def _from_page(self) -> bool:
        return self._house.settings().ears.source == "browser"

    # --- how it is ----------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """`off`, `waiting` (for a page or a device), `open`, `muted`, `deaf` (the cast is heard through speakers)."""
        ears = self._house.settings().ears
        if ears.source not in ("browser", "device"):
            return "off"
        if self.muted:
            return "muted"
        there = self.page.connected if ears.source == "browser" else self._device_hears
        if not there:
            return "waiting"
        return "deaf" if ears.open_speakers and self._said.sounding and not self.pushed else "open"

    @property
    def pushed(self) -> bool:
        """Push-to-talk is held, in the page or from outside."""
        return self.page.held or self._loop.time() < self._pushed_until_s

    @property
    def hears(self) -> bool:
        return self._connected

    def mute(self, *, on: bool) -> bool:
        """False: it was so before."""
        if on == self.muted:
            return False
        self.muted = on
        if on:
            self._pushed_until_s = 0.0
        self._follow()
        return True

    def push(self, *, on: bool) -> bool:
        """Push-to-talk from outside of the page. False: it was so before, or nobody listens."""
        before = self._loop.time() < self._pushed_until_s
        if on == before or (on and self.state in ("off", "waiting", "muted")):
            return False
        self._pushed_until_s = self._loop.time() + PUSH_LIMIT_S if on else 0.0
        if on:
            self._loop.call_later(PUSH_LIMIT_S, self._let_go)
        self._push(on=on)
        return True

    def _let_go(self) -> None:
        if 0.0 < self._pushed_until_s <= self._loop.time() and not self._closing:
            self._pushed_until_s = 0.0
            self._push(on=False)

    def meter(self, event: Event) -> Event | None:
        """What the meter of OBS reports, as the show should hear it: the ear knows better while it is open."""
        if isinstance(event, HostEarChanged):
            self._meter = event.connected
            return HostEarChanged(connected=self._meter or self._connected)
        return None if self._connected and isinstance(event, METER_FACTS) else event

    def _follow(self) -> None:
        """Something changed: the ear is opened or closed by it."""
        if self._closing:
            return
        ears, state = self._house.settings().ears, self.state
        hears = state in ("open", "deaf")
        if state != "open":
            self._early.clear()
        if hears and self._opening is None:
            self._opening = self._house.start(self._hear(), "ear")
        if hears != self._connected:
            self._connected = hears
            self._house.emit(HostVoiceEnded())  # of whoever listened before
            self._house.emit(HostEarChanged(connected=hears or self._meter))
        if self._ear is not None:
            self._ear.language = self._language()
            self._ear.open() if state == "open" else self._ear.close(state)
        if ears.source == "browser":
            shown = state if state in ("muted", "deaf") else "open"
            self.page.say(shown, push_to_talk=ears.push_to_talk, pressed=self._loop.time() < self._pushed_until_s)
        self.tell()

    def _fact(self, event: Event) -> None:
        """What the ear has noticed; the panel shows that somebody speaks."""
        self._house.emit(event)
        self.tell()

    # --- the words ----------------------------------------------------------------------------------------------------

    def _recognizer(self) -> ChainRecognizer | None:
        return self.chain if self.chain is not None and self.chain.best() is not None else None

    def _language(self) -> str:
        return self._house.settings().asr.language or self._house.language()

    def _troubled(self, wrong: Unavailable | Misconfigured) -> None:
        """An utterance was not understood by anybody; the rows of the engines say why."""
        log.warning("the host was not understood: %s", wrong.reason)
        self._partial = ""
        fix = wrong.fix if isinstance(wrong, Misconfigured) else ""
        self._trouble = Notice("ear.not_understood", {"reason": wrong.reason}, fix)
        self.tell()

    def _understood(self, text: str) -> None:
        self._partial = text
        self.tell()

    def _turn(self, turn: Turn) -> None:
        """The host has said something: it goes the way of all words."""
        self._partial, self._last, self._trouble = "", turn.text, None
        number, self._number = self._number, self._number + 1
        self._latencies.turn(turn, f"host:ear-{number}")
        self._house.say(
            ChatRow(
                at=self._house.show_s(),
                platform="host",
                kind="host_said",
                id=f"ear-{number}",
                text=turn.text,
                source="ear",
            )
        )
        self.tell()

    def forget(self) -> None:
        """Words are erased: nothing of them stays here."""
        self._partial = self._last = ""
        self.tell()

    # --- the panel ----------------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """The panel sees how it is, soon."""
        if self._tell_timer is None and not self._closing:
            self._tell_timer = self._loop.call_later(TELL_S, self._tell_now)

    def _tell_now(self) -> None:
        self._tell_timer = None
        shown = self.shown()
        if shown != self._told:
            self._told = shown
            self._house.publish({"ear": shown})
        ear = self._ear
        if ear is not None and (ear.speaking or (self.state == "open" and not self._from_page)):
            self.tell()  # a level moves

    def shown(self) -> Mapping[str, object]:
        """As `docs/panel-feed.md` has it under `ear`."""
        ear, chain = self._ear, self.chain
        best = chain.best() if chain is not None else None
        step = self.loading
        return {
            "source": self._house.settings().ears.source,
            "state": self.state,
            "level_db": round(ear.level_db, 0) if ear is not None and self.state == "open" else None,
            "speaking": ear is not None and ear.speaking,
            "partial": self._partial,
            "last": self._last,
            "engine": best.name if best is not None else "",
            "vad": self._vad.name if self._vad is not None else "",
            "notice": self._notice(),
            "loading": None
            if step is None
            else {"step": step.step, "model": step.model, "done": step.done, "total": step.total},
        }

    def _notice(self) -> Mapping[str, object] | None:
        """What the page of the host's voice has to say: trouble of a device of this computer, or with the words."""
        health = self._device_health
        told = health.notice if health is not None and health.state != "ok" else self._trouble
        return None if told is None else {"code": told.code, "params": told.params, "fix": told.fix}

    # --- models -------------------------------------------------------------------------------------------------------

    @property
    def loading(self) -> Loading | None:
        """What is being fetched or loaded."""
        chain = self.chain
        loaded = chain.loading if chain is not None else None
        return self._fetch or (loaded[1] if loaded is not None else None)

    def fetching(self, step: Loading | None) -> None:
        """How far the model is that comes over the network; None: it ended."""
        self._fetch = step
        self.tell()

    def fetch_failed(self, wrong: Unavailable | Misconfigured) -> None:
        fix = wrong.fix if isinstance(wrong, Misconfigured) else ""
        self._fetch_notice = Notice("part.unavailable", {"reason": wrong.reason}, fix)
        self.tell()

    async def load_again(self) -> None:
        """What the recognisers lacked has come."""
        self._fetch_notice = None
        await self._change_chain()
        self._follow()

    def trouble(self, engine: str) -> tuple[str, str] | None:
        """What keeps an engine of the chain from working: reason and fix."""
        for each in self.chain.engines if self.chain is not None else ():
            if each.name == engine and each.state in ("unset", "away"):
                return each.reason, each.fix
        return None

    def healths(self) -> Sequence[Health]:
        """`ear`, and a row for each recogniser."""
        state = self.state
        if state == "off":
            return []
        device = [self._device_health] if self._device_health is not None else []
        if state == "waiting":
            row = Health("ear", "off", Notice("ear.waiting"))
        elif state == "muted":
            row = Health("ear", "off", Notice("ear.muted"))
        elif self._recognizer() is None:
            chosen = self.chain is not None or bool(self._broken)  # those have rows of their own, with the reason
            row = Health("ear", "degraded", Notice("ear.presence_only", {}, "" if chosen else "fix.ear.recogniser"))
        else:
            row = Health("ear", "ok", Notice("ear.hears"))
        fetched = [Health("ear.model", "degraded", self._fetch_notice)] if self._fetch_notice is not None else []
        return [row, *device, *(self.chain.healths() if self.chain is not None else ()), *self._broken, *fetched]


async def open_detector() -> VoiceActivity:
    """Silero's where its package is installed, else our own."""
    silero = SileroVad()
    try:
        await silero.open()
    except (Misconfigured, Unavailable) as wrong:
        log.info("the voice detector is the simple one: %s", wrong.reason)
        await silero.aclose()
        simple = EnergyVad()
        await simple.open()
        return simple
    return silero


async def _rest(chain: ChainRecognizer) -> None:
    """Close recognisers that are not asked any more, once they have understood what was said to them."""
    try:
        async with asyncio.timeout(REST_S):
            await chain.silent.wait()
    except TimeoutError:
        log.info("a recogniser is closed with something still to understand")
    await chain.aclose()

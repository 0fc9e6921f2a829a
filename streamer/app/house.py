"""The house of one show: everything it is made of, opened in order and closed in reverse. Knows everything."""

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any

from streamer.adapters.audio.silent import SilentClock
from streamer.adapters.demo.brain import Pace
from streamer.adapters.llm.discover import discover
from streamer.adapters.store.texts import FileTexts, MemoryTexts
from streamer.app import journal as journals
from streamer.app.alerting.desk import AlertDesk
from streamer.app.alerting.words import AlertWords, language_of
from streamer.app.chatroom import ChatRoom
from streamer.app.clock import ShowClock
from streamer.app.conductor import Conductor
from streamer.app.desks import Desks
from streamer.app.ears import open_ingress
from streamer.app.exchange import Exchange
from streamer.app.follower import Several
from streamer.app.healths import all_of, brain_health, file_health, voice_health
from streamer.app.hearing.room import HearingHouse, HearingRoom
from streamer.app.hearing.said import CastSaid
from streamer.app.inbox import Inbox
from streamer.app.latencies import Latencies
from streamer.app.live import Brain
from streamer.app.outlets import Outlets, SoundPart, tracks
from streamer.app.overlay_news import OverlayNews
from streamer.app.overlay_view import OverlayView
from streamer.app.panel_view import About, PanelView
from streamer.app.parts import model_names, open_brain, open_voices
from streamer.app.past import Past, interrupted, open_journal
from streamer.app.pictures import shown_cast
from streamer.app.plan import Plan, read_plan
from streamer.app.reload import Reload
from streamer.app.sayings import Sayings
from streamer.app.scripted import ScriptedBrain
from streamer.app.sinks import WatchedSink
from streamer.app.speakers import speaker_of
from streamer.app.staging.room import StageRoom
from streamer.app.stalls import Stalls
from streamer.app.state import hold, next_epoch, open_grants, open_texts, release
from streamer.app.supervise import Supervisor
from streamer.app.timetable import announce
from streamer.app.watch import Fingerprint, Watch, fingerprint
from streamer.cast import Persona
from streamer.core.commands import Command
from streamer.core.events import (
    CastChanged,
    ChatReceived,
    CloseRequested,
    Event,
    Fact,
    HostSpoke,
    Resumed,
    SettingsChanged,
    ShowStarted,
    SinkChanged,
)
from streamer.core.show import EMPTY
from streamer.moderation import Rules, judge_line
from streamer.ports import ChatRow, ChatSource, Health, LanguageModel, Notice, TextToSpeech
from streamer.speech.brief import BriefWriter
from streamer.speech.perform import Performer
from streamer.speech.view import LineRecord
from streamer.speech.voicing import SpeechLimits
from streamer.texts import texts as words
from streamer.web.api import Parts
from streamer.web.earroom import EarRoom
from streamer.web.feed import FeedHub
from streamer.web.gate import Site
from streamer.web.metrics import Metrics
from streamer.web.operate import Outcome
from streamer.web.server import WebServer
from streamer.web.sinkroom import SinkRoom
from streamer.web.sinkwords import Sound

log = logging.getLogger(__name__)

BEAT_S = 1.0
OVERLAY_BEAT = 4
"""Every so many beats the overlays are told that the show is alive."""
POKE = "somebody just poked you with a finger on the screen; react in one short sentence"
SETTLE_S = 90.0
"""Standing still while everything is loaded for the first time is no trouble of the show; a stall is shown for 60 s."""
CLOSE_LIMIT_S = 0.6
PART_LIMIT_S = 0.3


class House:
    """`open` starts the show, `closed` is set when it is over, `close` ends what is left. One per process."""

    def __init__(  # noqa: PLR0913 - what a rehearsal and the tests do differently
        self,
        plan: Plan,
        site: Site,
        *,
        fresh: bool = False,
        pace: Pace | None = None,
        sources: Sequence[ChatSource] | None = None,
        rehearsal: bool = False,
        reread: Callable[[Mapping[str, Persona]], Plan] | None = None,
        on_record: Callable[[LineRecord], None] | None = None,
        observe: Callable[[Fact, Sequence[Command]], None] | None = None,
    ) -> None:
        """`sources` are read instead of the configured chats; a `rehearsal` has its own journal, keeps its words in
        memory and does not look at the files again; `reread` reads them as at the start; `on_record` and `observe` see
        every line and fact."""
        self.plan = plan
        self._given_sources = sources
        self._rehearsal = rehearsal
        self._journal_folder = "rehearsals" if rehearsal else "journal"
        self._on_record = on_record
        self._observe = observe
        self.site = site
        self.closed = asyncio.Event()
        self.metrics = Metrics()
        self.stalls = Stalls(self.metrics)
        self.scripted = ScriptedBrain(plan.cast)
        self._pace = pace
        self._fresh = fresh
        self._supervisor = Supervisor()
        self._reread = reread or (lambda keep: read_plan(plan.folders, seed=plan.seed, keep=keep))
        self._segments: list[asyncio.Task[None]] = []
        self.broken: dict[str, list[Health]] = {}
        """What cannot work, by what it belongs to: `brain`, `voices`, `journal`."""
        self._offers: list[Health] = []
        self.revision = 0
        self.closing = False
        self.welcome: Callable[[], bool] = lambda: False
        """Whether nobody has been through the first run."""
        self._past: Past | None = None
        self._latency_told: object = None
        self._watched_s = time.monotonic()
        self._plays = SinkChanged(page=False, name=SilentClock.name)

    @property
    def resumed(self) -> str:
        """What going on with an interrupted show cost, in words; empty for a new show."""
        past = self._past
        if past is None:
            return ""
        return f"Going on with the show that was interrupted {past.gap_s:.0f} s ago; lines lost: {past.lost}."

    # --- opening -----------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Start everything; the show runs when this returns. Raises Misconfigured (a taken port, a taken folder)."""
        self._held = hold(self.plan.folders.state)
        try:
            await self._open()
        except BaseException:
            self._abandon()
            raise

    def _abandon(self) -> None:
        """Nothing of a start that failed is left behind."""
        for part, end in (("journal", "abandon"), ("texts", "close"), ("stalls", "stop")):
            undo = getattr(getattr(self, part, None), end, None)
            if undo is not None:
                undo()
        held, self._held = self._held, None
        release(held)

    async def _open(self) -> None:
        plan = self.plan
        state = plan.folders.state
        self._past = None if self._fresh else interrupted(state / self._journal_folder, wall_ns=time.time_ns())
        past = self._past
        self.clock = ShowClock(
            epoch_ns=past.recovered.header.epoch if past else None, least_ns=past.recovered.at_ns + 1 if past else 0
        )
        self.grants = open_grants(state)
        self.texts = MemoryTexts() if self._rehearsal else open_texts(state)
        header = journals.Header(seed=plan.seed, show=plan.settings.show.title, epoch=self.clock.epoch_ns)
        self.journal = open_journal(state / self._journal_folder, past, header, on_trouble=self._trouble)
        self._open_stage()
        self._open_chain()
        self.reload = Reload(Exchange(self), self._reread)
        self.watch = Watch(self._look, self.reload)
        await self.desks.open()
        await self.chat.open()
        await self.web.start()
        self._begin(past)
        self.stalls.start()
        self._watched_s = time.monotonic()
        if not self._rehearsal:
            await self.stage.change()
            await self.hearing.change()
        self.chat.begin()
        self._supervisor.start(self._beat(), "beat")
        self._supervisor.start(self._warm(), "warm")
        self._supervisor.start(self.outlets.run(), "sound")
        if self.is_scripted:
            self._supervisor.start(self._offer(), "offer")
        if not self._rehearsal:
            self._supervisor.start(self.watch.run(), "files")
        self.announce(resumed=past is not None)

    def announce(self, *, resumed: bool) -> None:
        """Tell the core when segments are due, by the rundown in force."""
        for task in self._segments:
            task.cancel()
        rundown = self.plan.rundown
        self._segments = [
            self._supervisor.start(
                announce(rundown, segment_id, self.clock, self.inbox.emit, resumed=resumed), f"segment {segment_id}"
            )
            for segment_id, _ in rundown.times
        ]

    def _look(self) -> Fingerprint:
        return fingerprint(self.plan.folders.home, *self.plan.files)

    def _trouble(self, notice: Notice) -> None:
        self.broken["journal"] = [*self.broken.get("journal", []), Health("journal", "broken", notice)]

    def _open_stage(self) -> None:
        """The web, the sink and the views."""
        now_ms = self.clock.now_ms
        self.room = SinkRoom(epoch=next_epoch(self.plan.folders.state), metrics=self.metrics)
        obs = self.plan.settings.obs
        self.outlets = Outlets(
            self.plan.settings.sound if not self._rehearsal else SoundPart(),
            self.room,
            now_ms=now_ms,
            on_level=lambda db: _ignore(self.hub.publish("panel", {"level": db}, ())),
            on_silent=lambda ms: _ignore(self.panel.silenced(ms)),
            link=lambda: self.stage.obs_link,
            obs_url=obs.url if obs is not None else "",
        )
        self.track = tracks(self.outlets, self._sink_changed)
        self.hub = FeedHub(now_ms, metrics=self.metrics)
        self.chat = ChatRoom(self, given=self._given_sources)
        parts = Parts(
            grants=self.grants,
            feed=self.hub,
            room=self.room,
            operator=self,
            texts=self.texts,
            on_row=lambda row: _ignore(self.chat.inject.put(row)),
            words=words,
            ready=lambda: self.inbox.show.mode not in ("starting", "closed"),
            show_s=lambda: self.clock.now_ns() / 1e9,
        )
        overlays = list(reversed(self.plan.folders.roots("overlays")))
        plan = self.plan
        self.stage = StageRoom(self, lambda changes, gone: _ignore(self.hub.publish("panel", changes, gone)))
        self.said = CastSaid(asyncio.get_running_loop().time)
        self.latencies = Latencies(lambda: self.clock.now_ns() / 1e6, asyncio.get_running_loop().time)
        self.hearing = HearingRoom(self._hearing_house(), EarRoom(metrics=self.metrics), self.said, self.latencies)
        self.desks = Desks(self, file=next(iter(plan.files), None))
        self.welcome = lambda: self.desks.setup.is_welcome
        if not self._rehearsal:
            self.chat.desk.commands.mic = lambda on, by, via: self.desks.ears.mute(not on, by=by, via=via)
        self.web = WebServer(
            self.site,
            parts,
            overlays=overlays,
            metrics=self.metrics,
            more=[] if self._rehearsal else self.desks.routes,
            raw=[] if self._rehearsal else self.desks.raw_routes,
            ears=None if self._rehearsal else self.desks.ears,
            ear=None if self._rehearsal else self.hearing.page,
        )
        about = About(
            build=self.web.panel.build,
            title=plan.title,
            epoch_ms=self.clock.epoch_ns // 1_000_000,
            started_ms=self.clock.now_ms(),
            demo=not plan.settings.on_channel,
            scripted=plan.settings.llm is None,
        )
        self.overlay = OverlayView(
            lambda changes, gone: _ignore(self.hub.publish("overlay", changes, gone)), build=self.web.overlays.build
        )
        self.panel = PanelView(
            lambda changes, gone: _ignore(self.hub.publish("panel", changes, gone)), words=self.texts.get, about=about
        )
        self.room.on_sound = self._show_sound
        self.room.on_silent = self.panel.silenced
        self.overlay_news = OverlayNews(self.overlay, self.clock)
        self.overlay_news.tell(plan)
        self.overlay.cast(self.members())
        self.panel.cast(self.members())

    def _hearing_house(self) -> HearingHouse:
        past = self._past
        return HearingHouse(
            settings=lambda: self.plan.settings,
            names=lambda: [name for each in self.plan.cast for name in (each.name, *each.names)],
            language=lambda: language_of(self.plan.cast, ""),
            emit=self._report,
            say=self._said,
            publish=lambda changes: _ignore(self.hub.publish("panel", changes, ())),
            start=self.start,
            show_s=lambda: self.clock.now_ns() / 1e9,
            state=self.plan.folders.state,
            first_number=past.recovered.seq if past is not None else 1,
        )

    def _report(self, event: Event) -> None:
        """What the ear, or a driver, has noticed."""
        if not self.closing:
            self.inbox.emit(event)

    def _said(self, row: ChatRow) -> None:
        if not self.closing:
            self.conductor.on_row(row)

    def members(self) -> dict[str, dict[str, object]]:
        """The cast as the pages know it."""
        return shown_cast(self.plan.cast, self.plan.folders.roots("characters"))

    def _open_chain(self) -> None:
        """Ears, rules, brain, voices: what a line goes through."""
        plan, settings = self.plan, self.plan.settings
        self.rules = Rules.standard(settings.moderation.blocked, settings.moderation.allowed)
        self.sayings = Sayings(self.texts)
        past = self._past
        self.ingress = open_ingress(
            plan.cast,
            self.rules,
            self.texts,
            now=lambda: self.clock.now_ns() / 1e9,
            bots=settings.chat.bots,
            first_number=past.recovered.seq if past else 1,
        )
        llm, self.is_scripted, self.broken["brain"] = self.open_brain(plan)
        self.panel.about(title=plan.title, demo=not settings.on_channel, scripted=self.is_scripted)
        self.brain = Brain(llm, self._supervisor.start)
        self.voices, self.broken["voices"] = open_voices(settings)
        self.speakers = {each.id: speaker_of(each, tuple(self.voices), plan.settings.tts) for each in plan.cast}
        self.alerts = self._alert_desk()
        self.conductor = Conductor(
            ingress=self.ingress,
            texts=self.texts,
            sayings=self.sayings,
            overlay=self.overlay,
            panel=self.panel,
            now_ms=self.clock.now_ms,
            on_closed=self.closed.set,
            on_record=self._on_record,
            observe=self._observe,
            alerts=self.alerts,
            follower=Several(self.chat, self.stage, self.said),
            staged=self.stage,
        )
        self.conductor.scenes = self.stage.scenes
        self.inbox = Inbox(
            now_ns=self.clock.now_ns,
            journal=self.journal,
            run=self.conductor.run,
            after=self.conductor.after,
            show=past.recovered.show if past else EMPTY,
            seq=past.recovered.seq if past else 0,
        )
        self.metrics.gauge(
            "crowd_dropped", "Messages that came too fast to be folded", lambda: self.inbox.crowd_dropped
        )
        self.performer = Performer(
            llm=self.brain,
            voices=self.voices,
            sink=WatchedSink(self.track, self.conductor.heard),
            texts=self.texts,
            brief=BriefWriter(self.texts, self.sayings.quote),
            cast=lambda: self.speakers,
            judge=lambda text: judge_line(self.rules, text),
            emit=self.inbox.emit,
            on_clause=self.conductor.clause,
            on_made=lambda line, total_ms, voiced: self.panel.made(line, total_ms, voiced=voiced),
            on_record=self._record,
            now_ms=lambda: self.clock.now_ns() / 1e6,
            gone=self.ingress.is_taken_back,
            limits=SpeechLimits(first_audio_s=settings.tts.first_audio_s, stall_s=settings.tts.stall_s),
        )
        self.conductor.join(self.inbox, self.performer)

    def _alert_desk(self) -> AlertDesk:
        words = AlertWords(
            self.texts, self.sayings, lambda: self.plan.settings.alerts, lambda of: language_of(self.plan.cast, of),
            self.clock.now_ms,
        )  # fmt: skip
        return AlertDesk(
            words,
            self.texts,
            alerts=lambda: self.plan.settings.alerts,
            show=lambda: self.inbox.show,
            gone=self.ingress.is_taken_back,
            press=self.press,
            on_row=self.chat.on_row,
            show_alert=self._alert_again,
            now_ms=self.clock.now_ms,
        )

    def _record(self, record: LineRecord) -> None:
        self.latencies.record(record)
        self.conductor.record(record)

    def _alert_again(self, chat: ChatReceived) -> None:
        """An alert is replayed: on the overlays, and for whoever follows the show."""
        text = self.texts.get(chat.text) or "" if chat.text else ""
        name = self.texts.get(chat.name) or "" if chat.name else ""
        self.overlay.alert(chat, None, text, name, self.clock.now_ms())
        self.stage.alert(chat, None)
        self.chat.chat(chat, text, name)

    def open_brain(self, plan: Plan) -> tuple[LanguageModel, bool, list[Health]]:
        return open_brain(plan.settings, self.scripted, seed=plan.seed, pace=self._pace)

    def open_voices(self, plan: Plan) -> tuple[dict[str, TextToSpeech], list[Health]]:
        return open_voices(plan.settings)

    def _begin(self, past: Past | None) -> None:
        """The first facts: a new show, or an old one that goes on."""
        self.texts.erase_prefix("l:")  # what those lines answered is not known here, so no deletion could reach them
        self.put_segments()
        if past is None:
            self.inbox.emit(ShowStarted(settings=self.plan.rules, cast=self.plan.members))
        else:
            for event, at_s in past.facts():
                self.ingress.remember(event, at_s)
                if isinstance(event, ChatReceived):
                    self.sayings.chat(event)
                    self.alerts.words.remember(event, int(at_s * 1000))
                elif isinstance(event, HostSpoke):
                    self.sayings.host(event)
            self.inbox.emit(Resumed(gap_s=past.gap_s))
            self.inbox.emit(SettingsChanged(self.plan.rules))
            self.inbox.emit(CastChanged(self.plan.members))
            self.panel.log(self.clock.now_ms(), "show.resumed", {"gap_s": round(past.gap_s), "lines": past.lost})
        self._sink_changed(SinkChanged(page=self.track.page, name=self.track.name))
        self.panel.setup(self.revision, welcome=self.welcome())

    def put_segments(self) -> None:
        """The words of the rundown, where the briefs find them."""
        for segment_id, text in self.plan.rundown.words.items():
            self.texts.put(f"s:{segment_id}", text)
        self.texts.put("s:_poke", POKE)

    @property
    def facts_before(self) -> int:
        """How many facts the interrupted show had that this one goes on with."""
        return self._past.recovered.seq if self._past is not None else 0

    def watch_chat(
        self, source: ChatSource, on_row: Callable[[ChatRow], None], now_s: Callable[[], float] | None
    ) -> "asyncio.Task[None]":
        return self._supervisor.watch(source, on_row, now_s)

    @property
    def crashed(self) -> Collection[str]:
        """Names of the chats whose reading ended with a fault that nobody foresaw."""
        return self._supervisor.crashed

    def start(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Work that the house owns: it ends with it."""
        return self._supervisor.start(work, name)

    # --- while it runs -----------------------------------------------------------------------------------------------

    def press(self, event: Event) -> Outcome:
        return self.conductor.press(event)

    def _sink_changed(self, changed: SinkChanged) -> None:
        if not hasattr(self, "inbox"):
            return
        self._plays = changed
        self.inbox.emit(changed)
        self.overlay.sound(page=changed.page, name=changed.name)
        self._show_sound(self.room.sound)

    def _show_sound(self, sound: Sound) -> None:
        told = self.outlets.shown(sound, self._plays)
        self.panel.sound(told.pop("where"), told.pop("name"), **told)

    async def _warm(self) -> None:
        """Parts that take time to wake do so now and not with the first answer."""
        await asyncio.gather(
            self.brain.warm(), *(voice.warm() for voice in self.voices.values()), return_exceptions=True
        )
        gc.freeze()  # what is loaded by now stays: a collection that walks over it costs an answer 50 ms

    async def _offer(self) -> None:
        """A model server that runs on this machine is named in the panel with its models. It is not used unasked."""
        self._offers = [
            Health("llm.offer", "off", Notice("llm.offered", {"provider": each.profile, "models": model_names(each)}))
            for each in await discover()
        ]

    async def _beat(self) -> None:
        """What has no event of its own: health, the pulse of the panel, the journal's way to the disk."""
        beats = 0
        while True:
            now_ms = self.clock.now_ms()
            self.panel.beat(now_ms)
            self.overlay_news.tell(self.plan)
            if beats % OVERLAY_BEAT == 0:
                self.overlay.beat()
            beats += 1
            self.chat.beat()
            self.panel.health(self.health())
            self._tell_latencies()
            await self.journal.flush()
            if isinstance(self.texts, FileTexts):
                await asyncio.to_thread(self.texts.flush)
            await asyncio.sleep(BEAT_S)

    def _tell_latencies(self) -> None:
        table = self.latencies.table()
        if table != self._latency_told:
            self._latency_told = table
            _ignore(self.hub.publish("panel", {"latency": table}, ()))

    @property
    def busy(self) -> bool:
        """Somebody waits for an answer, or a line is being made or heard."""
        show = self.inbox.show
        return bool(show.requests) or show.next is not None or show.air is not None

    def health(self) -> list[Health]:
        """Every part, in the order it is shown."""
        chats = self.chat.health(self._supervisor.healths)
        brain = brain_health(self.brain.now, scripted=self.is_scripted, broken=bool(self.broken.get("brain")))
        offers = self._offers if self.is_scripted else []
        voices = voice_health(self.performer.voice_states(), self.speakers.values(), any_voice=bool(self.voices))
        files = file_health(self.watch.problems, self.plan.problems)
        stage = self.stage.healths()
        ears = self.hearing.healths()
        settled = time.monotonic() - self._watched_s > SETTLE_S
        sound, loop = self.outlets.healths(), self.stalls.healths() if settled else []
        if not self._rehearsal:
            obs = self.plan.settings.obs
            sound = [*self.outlets.waiting(self.plan.settings.sound, obs.url if obs is not None else ""), *sound]
        return [*chats, *ears, *brain, *offers, *voices, *sound, *stage, *loop, *all_of(self.broken), *files]

    def revised(self) -> None:
        """Files, cast or set-up have changed: pages that show them ask again."""
        self.revision += 1
        self.panel.setup(self.revision, welcome=self.welcome())

    # --- closing -----------------------------------------------------------------------------------------------------

    async def close(self, *, finish: bool = False) -> Sequence[str]:
        """End the show and give everything back; names what was late. The whole takes under a second."""
        late: list[str] = []
        self.closing = True
        self.stalls.stop()
        self.inbox.emit(CloseRequested(finish=finish))
        if not await _within(self.closed.wait(), 30.0 if finish else CLOSE_LIMIT_S):
            late.append("the show")
        if not await _within(self.hearing.aclose(), PART_LIMIT_S):
            late.append("the ear")
        late += await self.stage.aclose()
        late += await self._supervisor.close(PART_LIMIT_S)
        late += await self.performer.aclose()
        self.inbox.close()
        await self.web.stop()
        ends = [self.desks.aclose(), self.chat.aclose()]
        ends += [voice.aclose() for voice in self.voices.values()]
        ends += [self.brain.aclose(), self.journal.aclose()]
        results = await asyncio.gather(*(_within(end, PART_LIMIT_S) for end in ends), return_exceptions=True)
        if not all(result is True for result in results):
            late.append("a part")
        self.track.close()
        await _within(self.outlets.aclose(), PART_LIMIT_S)
        close_texts = getattr(self.texts, "close", None)
        if close_texts is not None:
            close_texts()
        held, self._held = self._held, None
        release(held)
        return late


async def _within(work: Awaitable[object], limit_s: float) -> bool:
    """Whether it ended in time; what did not is cancelled."""
    try:
        async with asyncio.timeout(limit_s):
            await work
    except TimeoutError:
        return False
    return True


def _ignore(_: object) -> None:
    return None

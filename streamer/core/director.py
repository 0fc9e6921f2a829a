"""`step(show, fact) -> (show', commands)`: the only way the show changes. Dispatch only; the rules live beside it."""

from msgspec.structs import replace

from streamer.core import alerts, hushing, scenes
from streamer.core.commands import Close, Command, Drop, Duck
from streamer.core.controls import clear, close, dial, pause, resume, skip, stop
from streamer.core.events import (
    AlertReplayed,
    AutoPressed,
    CastChanged,
    ChatReceived,
    CloseRequested,
    DialSet,
    EmergencyPressed,
    Fact,
    HostEarChanged,
    HostHeld,
    HostSaidNothing,
    HostSpeechConfirmed,
    HostSpoke,
    HostVoiceEnded,
    HostVoiceSuspected,
    LineEnded,
    LineReady,
    LineStarted,
    PausePressed,
    Poked,
    QueueCleared,
    Resumed,
    ResumePressed,
    SayRequested,
    SceneSeen,
    SceneTakenByHand,
    SegmentDue,
    SentenceSpoken,
    SettingsChanged,
    ShowStarted,
    SinkChanged,
    SkipPressed,
    StopPressed,
    Tombstoned,
    UserIgnored,
    UserUnignored,
    Woke,
)
from streamer.core.ignoring import ignore, unignore
from streamer.core.limits import remember_start
from streamer.core.lines import ended, ready, spoken, started
from streamer.core.requests import BANTER, host_spoke, received, say_requested
from streamer.core.rundown import poked, segment_due
from streamer.core.show import Show
from streamer.core.taken_back import taken_back
from streamer.core.turns import cut, louder, settle, withdraw

NEVER_MS = 2**62


def step(show: Show, fact: Fact) -> tuple[Show, tuple[Command, ...]]:
    """Fold one fact. Pure: the same show and fact give the same result in every process."""
    now_ms = max(fact.at_ns // 1_000_000, show.now_ms)  # time never runs backwards, whatever a clock says
    show = replace(show, now_ms=now_ms, seq=fact.seq)
    show, out = _apply(show, fact)
    if show.wake_ms > now_ms:
        return show, tuple(out)
    show, due = settle(show)
    if show.mode == "closing" and show.air is None:
        due.append(Close(cause=show.seq))
        show = replace(show, mode="closed")
    return show, (*out, *due)


def next_wake(show: Show) -> int | None:
    """When `Woke` is wanted (milliseconds on the show's clock); None for never."""
    return None if show.wake_ms >= NEVER_MS else show.wake_ms


def _apply(show: Show, fact: Fact) -> tuple[Show, list[Command]]:  # noqa: C901, PLR0911, PLR0912 - a flat dispatch
    match fact.event:
        case ChatReceived(kind="message") as event:
            return received(show, event)
        case ChatReceived() as event:
            return alerts.received(show, event)
        case Woke():
            return replace(show, wake_ms=0), []
        case LineReady() as event:
            return ready(show, event)
        case LineStarted() as event:
            return started(show, event)
        case SentenceSpoken() as event:
            return spoken(show, event)
        case LineEnded() as event:
            return ended(show, event)
        case Tombstoned() as event:
            return taken_back(show, event)
        case HostVoiceSuspected() | HostSpeechConfirmed() | HostVoiceEnded() as event:
            return _host_voice(show, event)
        case HostHeld(on=on):
            return _held(show, on=on)
        case HostSpoke() as event:
            return _host_spoke(show, event)
        case HostSaidNothing():
            return hushing.said_nothing(show), []
        case HostEarChanged(connected=connected):
            return replace(show, host=replace(show.host, connected=connected), wake_ms=0), []
        case SegmentDue() as event:
            return segment_due(show, event)
        case StopPressed() | ResumePressed() | PausePressed() | SkipPressed() | DialSet() | SayRequested() as event:
            return _operator(show, event)
        case AlertReplayed() as event:
            return alerts.replayed(show, event)
        case SceneSeen() as event:
            return scenes.seen(show, event)
        case SceneTakenByHand() as event:
            return scenes.by_hand(show, event)
        case AutoPressed() as event:
            return scenes.auto(show, event)
        case EmergencyPressed() as event:
            return stop(scenes.emergency(show, event))
        case Poked() as event:
            return poked(show, event)
        case QueueCleared():
            return clear(show)
        case UserIgnored() as event:
            return ignore(show, event)
        case UserUnignored() as event:
            return unignore(show, event)
        case ShowStarted(settings=settings, cast=cast):
            begun = replace(show, mode="running", settings=settings, cast=cast, dial=settings.dial, wake_ms=0)
            return replace(begun, voice_ms=show.now_ms), []
        case Resumed():
            return _resumed(show), []
        case SettingsChanged(settings=settings):
            return replace(show, settings=settings, wake_ms=0), []
        case CastChanged(cast=cast):
            return _recast(replace(show, cast=cast, wake_ms=0))
        case SinkChanged(page=page):
            return replace(show, page=page), []
        case CloseRequested() as event:
            return close(show, event)


def _operator(
    show: Show, event: StopPressed | ResumePressed | PausePressed | SkipPressed | DialSet | SayRequested
) -> tuple[Show, list[Command]]:
    match event:
        case StopPressed():
            return stop(show)
        case ResumePressed():
            return resume(scenes.over(show))
        case PausePressed():
            return pause(show)
        case SkipPressed():
            return skip(show, event)
        case DialSet():
            return dial(show, event)
        case SayRequested():
            return say_requested(show, event)


def _host_voice(
    show: Show, event: HostVoiceSuspected | HostSpeechConfirmed | HostVoiceEnded
) -> tuple[Show, list[Command]]:
    """The host always has the floor: a suspicion ducks, speech cuts or hushes, and nobody starts until he has been
    quiet."""
    host, air, show = show.host, show.air, replace(show, wake_ms=0)
    match event:
        case HostVoiceSuspected():
            if host.speaking:
                return show, []
            show = replace(show, host=replace(host, connected=True, suspected_ms=show.now_ms))
            if air is None or air.state == "hushed":
                return show, []
            return show, [Duck(cause=show.seq, line=air.id, on=True)]
        case HostSpeechConfirmed(words=words):
            began_ms = host.began_ms if host.voice else show.now_ms
            speaking = replace(
                host, connected=True, speaking=True, voice=True, suspected_ms=-1, since_ms=show.now_ms,
                began_ms=began_ms,
            )  # fmt: skip
            return _spoken_over(replace(show, host=speaking, voice_ms=show.now_ms), words=words)
        case HostVoiceEnded():
            host = replace(host, voice=False)
            if host.held:
                return replace(show, host=host), []
            quiet_ms = show.now_ms if host.speaking else host.quiet_ms
            show = replace(show, host=replace(host, speaking=False, suspected_ms=-1, quiet_ms=quiet_ms))
            if host.suspected_ms >= 0 and air is not None and air.state != "hushed":
                return show, [Duck(cause=show.seq, line=air.id, on=False)]
            return show, louder(show) if host.speaking else []


def _spoken_over(show: Show, *, words: bool) -> tuple[Show, list[Command]]:
    """The host speaks while a line is on air. `words`: it will be told what he says, so that it can go on if that was
    nothing."""
    if show.settings.barge_in == "duck":
        line = show.air
        if line is None or line.state != "on_air":
            return show, []
        return show, [Duck(cause=show.seq, line=line.id, on=True)]
    return hushing.hushed(show) if words else cut(show, "host")


def _host_spoke(show: Show, said: HostSpoke) -> tuple[Show, list[Command]]:
    """What he said over a line ends it. (Words that are typed at the panel are no voice.)"""
    out: list[Command] = []
    if not said.direct and hushing.is_spoken_over(show):
        show, out = cut(show, "host")
    show, more = host_spoke(show, said)
    return show, out + more


def _held(show: Show, *, on: bool) -> tuple[Show, list[Command]]:
    """The quiet switch: as if the host spoke, for as long as it is on."""
    host = show.host
    if on == host.held:
        return show, []
    if not on:  # whoever still talks keeps the floor
        quiet = replace(host, held=False, speaking=host.voice, suspected_ms=-1, since_ms=show.now_ms)
        quiet = quiet if host.voice else replace(quiet, quiet_ms=show.now_ms)
        return replace(show, host=quiet, wake_ms=0), []
    held = replace(host, held=True, speaking=True, suspected_ms=-1, since_ms=show.now_ms)
    return cut(replace(show, host=held, voice_ms=show.now_ms, wake_ms=0), "host")


def _resumed(show: Show) -> Show:
    """A new process goes on: the lines of the old one died with it, its sound and its ears as well. `Stopped` stays
    stopped."""
    air = show.air
    if air is not None and air.request.from_chat and air.started_ms < 0:  # it may have been heard all the same
        show = replace(show, answered_ms=remember_start(show.answered_ms, air.aired_ms))
    return replace(
        show, air=None, next=None, free_ms=show.now_ms, voice_ms=show.now_ms, wake_ms=0, page=False, cut_off="",
        asked="", scene_on="",
        host=replace(show.host, connected=False, speaking=False, held=False, voice=False, suspected_ms=-1),
    )  # fmt: skip


def _recast(show: Show) -> tuple[Show, list[Command]]:
    """Who has left the stage is not asked any more, and what he was about to say is asked of another; a line on air is
    finished."""
    there = {member.id for member in show.cast if member.enabled}
    out: list[Command] = []
    if show.next is not None and show.next.persona not in there:
        request = show.next.request
        show, out = withdraw(show, "recast", keep_request=request.from_chat or request.priority > BANTER, drop="nobody")
    gone = [r for r in show.requests if r.persona and r.persona not in there and r.kind != "exact"]
    kept = tuple(replace(r, persona="") if r in gone else r for r in show.requests)
    if not there:
        out += [Drop(cause=show.seq, uid=uid, reason="nobody") for r in kept for uid in (r.uid, *r.also) if uid]
        kept = ()
    return replace(show, requests=kept), out

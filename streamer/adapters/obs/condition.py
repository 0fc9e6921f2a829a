"""How OBS is doing, in words: from two looks at its figures, and from how the sources that carry the voices are set.

Figures: `GetStats`, `GetStreamStatus`, `GetRecordStatus` of obs-websocket. Frames are compared between two looks, since
OBS counts them from its start on.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from streamer.adapters.obs.errors import ObsRefused
from streamer.adapters.obs.setup.inventory import BROWSER, MONITOR_BOTH, MONITOR_OFF, MONITOR_ONLY, Asks
from streamer.adapters.obs.setup.sources import BROWSER_DEFAULTS, overlay_of
from streamer.ports import Health, HealthState, Notice

FPS_LEAST = 0.9
"""Of the frame rate OBS is set to."""
SKIPPED_PCT = 5.0
DROPPED_PCT = 1.0
QUIET_DB = -40.0
DISK_LOW_MB, DISK_OUT_MB = 5_000.0, 1_000.0
EVERY = 5
"""Sources are asked after at every fifth look."""
LEAST_FRAMES = 10
"""Shares of fewer frames say nothing."""


class VoiceSource(msgspec.Struct, frozen=True, kw_only=True):
    """A browser source that can carry the voices. `persona`: the one it shows, empty for all; `on_air`: it is in what
    viewers see; `tracks`: it goes to at least one audio track."""

    name: str
    persona: str = ""
    monitor: str = MONITOR_OFF
    rerouted: bool = True
    muted: bool = False
    volume_db: float = 0.0
    tracks: bool = True
    on_air: bool = True


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One look. Times in seconds, of any clock; sizes as OBS gives them: bytes, the disk in MB."""

    at: float = 0.0
    fps: float = 0.0
    fps_wanted: float = 0.0
    rendered: int = 0
    render_skipped: int = 0
    encoded: int = 0
    encode_skipped: int = 0
    disk_mb: float = 0.0
    streaming: bool = False
    reconnecting: bool = False
    sent_bytes: int = 0
    sent_frames: int = 0
    dropped: int = 0
    recording: bool = False
    recorded_bytes: int = 0
    browser: bool = True
    voices: tuple[VoiceSource, ...] = ()

    @property
    def live(self) -> bool:
        return self.streaming or self.recording


def share(part: int, before: int, whole: int, whole_before: int) -> float:
    """Per cent of the new frames; 0 where there are too few, or OBS began to count anew."""
    new, new_part = whole - whole_before, part - before
    return 100.0 * new_part / new if new >= LEAST_FRAMES and 0 <= new_part <= new else 0.0


def bitrate_kbps(before: Figures | None, now: Figures) -> float | None:
    """What leaves for the platform, between two looks; None while not streaming."""
    if before is None or not (before.streaming and now.streaming) or now.at <= before.at:
        return None
    sent = now.sent_bytes - before.sent_bytes
    return sent * 8 / 1000 / (now.at - before.at) if sent >= 0 else None


def dropped_pct(before: Figures | None, now: Figures) -> float:
    if before is None or not (before.streaming and now.streaming):
        return 0.0
    return share(now.dropped, before.dropped, now.sent_frames, before.sent_frames)


def conditions(before: Figures | None, now: Figures, names: Mapping[str, str] | None = None) -> Sequence[Health]:
    """What is worth a word, the gravest first; nothing when all is well. `names`: personas as they are called."""
    rows = [*_stream(before, now), *_frames(before, now), *_disk(before, now), *_voices(now, names or {})]
    if not now.browser:
        rows.append(_row("degraded", "no_browser"))
    return sorted(rows, key=lambda row: row.state != "broken")


def _row(state: HealthState, code: str, **params: str | float) -> Health:
    return Health("obs", state, Notice(f"obs.{code}", params, f"fix.obs.{code}"))


def _stream(before: Figures | None, now: Figures) -> list[Health]:
    if now.reconnecting:
        return [_row("broken", "reconnecting")]
    out: list[Health] = []
    rate = bitrate_kbps(before, now)
    if rate is not None and rate < 1:
        out.append(_row("broken", "nothing_sent"))
    lost = dropped_pct(before, now)
    if lost >= DROPPED_PCT:
        out.append(_row("degraded", "dropped", pct=round(lost, 1), kbps=round(rate or 0)))
    return out


def _frames(before: Figures | None, now: Figures) -> list[Health]:
    out: list[Health] = []
    if now.fps_wanted and now.fps < now.fps_wanted * FPS_LEAST:
        out.append(_row("degraded", "fps", fps=round(now.fps, 1), wanted=round(now.fps_wanted, 1)))
    if before is None:
        return out
    lagged = share(now.render_skipped, before.render_skipped, now.rendered, before.rendered)
    if lagged >= SKIPPED_PCT:
        out.append(_row("degraded", "render_skipped", pct=round(lagged, 1)))
    late = share(now.encode_skipped, before.encode_skipped, now.encoded, before.encoded)
    if now.live and late >= SKIPPED_PCT:
        out.append(_row("degraded", "encode_skipped", pct=round(late, 1)))
    return out


def _disk(before: Figures | None, now: Figures) -> list[Health]:
    if not now.recording or now.disk_mb >= DISK_LOW_MB:
        return []
    state: HealthState = "broken" if now.disk_mb < DISK_OUT_MB else "degraded"
    grown = now.recorded_bytes - before.recorded_bytes if before is not None and before.recording else 0
    if before is None or grown <= 0 or now.at <= before.at:
        return [_row(state, "disk", gb=round(now.disk_mb / 1000, 1))]
    minutes = now.disk_mb * 1e6 / (grown / (now.at - before.at)) / 60
    return [_row(state, "disk_minutes", gb=round(now.disk_mb / 1000, 1), minutes=int(minutes))]


def _voices(now: Figures, names: Mapping[str, str]) -> list[Health]:
    out: list[Health] = []
    everybody = ", ".join(names.values())
    for each in now.voices:
        who = names.get(each.persona, each.persona) or everybody or each.name
        viewers, you = _unheard(each, live=now.live), _not_monitored(each)
        if viewers:
            out.append(_row("broken" if now.live else "degraded", viewers, who=who, source=each.name))
        elif you:
            out.append(_row("degraded", you, who=who, source=each.name))
    return out


def _unheard(source: VoiceSource, *, live: bool) -> str:
    """Why viewers do not hear a source, or ""."""
    if not source.rerouted:
        return "not_rerouted"
    if source.muted:
        return "muted"
    if not source.tracks:
        return "track_off"
    if source.monitor == MONITOR_ONLY:
        return "monitor_only"
    if source.volume_db < QUIET_DB:
        return "quiet"
    return "not_on_air" if live and not source.on_air else ""


def _not_monitored(source: VoiceSource) -> str:
    """Why the streamer does not hear a source in OBS, or ""."""
    return "" if source.monitor in (MONITOR_BOTH, MONITOR_ONLY) else "not_monitored"


class ConditionWatch:
    """Looks every so often, at about two seconds' distance: three requests, and a few for each voice source now and
    then. One for each connection of a driver; `figures` are the newest."""

    def __init__(
        self,
        names: Callable[[], Mapping[str, str]] = dict,
        *,
        clock: Callable[[], float] = time.monotonic,
        browser: Callable[[], bool] | None = None,
    ) -> None:
        """`names`: personas as they are called. `browser`: whether this OBS has browser sources, if that is known."""
        self._names, self._clock, self._browser = names, clock, browser
        self._voices: tuple[VoiceSource, ...] = ()
        self._fps = 0.0
        self._has_browser = True
        self._looks = 0
        self.before: Figures | None = None
        self.figures: Figures | None = None

    @property
    def bitrate_kbps(self) -> float | None:
        return None if self.figures is None else bitrate_kbps(self.before, self.figures)

    @property
    def dropped_pct(self) -> float:
        return 0.0 if self.figures is None else dropped_pct(self.before, self.figures)

    async def look(self, link: Asks) -> Sequence[Health]:
        """What is worth a word now. Raises what the link raises."""
        if self._looks % EVERY == 0:
            await self._ask_sources(link)
        self._looks += 1
        stats = await link.request("GetStats")
        stream = await link.request("GetStreamStatus")
        record = await link.request("GetRecordStatus")
        self.before, self.figures = self.figures, self._figures(stats, stream, record)
        return conditions(self.before, self.figures, self._names())

    def forget(self) -> None:
        """Another connection: what was counted before says nothing."""
        self.before = self.figures = None
        self._looks = 0

    def _figures(self, stats: Mapping[str, Any], stream: Mapping[str, Any], record: Mapping[str, Any]) -> Figures:
        return Figures(
            at=self._clock(),
            fps=float(stats.get("activeFps") or 0),
            fps_wanted=self._fps,
            rendered=int(stats.get("renderTotalFrames") or 0),
            render_skipped=int(stats.get("renderSkippedFrames") or 0),
            encoded=int(stats.get("outputTotalFrames") or 0),
            encode_skipped=int(stats.get("outputSkippedFrames") or 0),
            disk_mb=float(stats.get("availableDiskSpace") or 0),
            streaming=bool(stream.get("outputActive")),
            reconnecting=bool(stream.get("outputReconnecting")),
            sent_bytes=int(stream.get("outputBytes") or 0),
            sent_frames=int(stream.get("outputTotalFrames") or 0),
            dropped=int(stream.get("outputSkippedFrames") or 0),
            recording=bool(record.get("outputActive")) and not record.get("outputPaused"),
            recorded_bytes=int(record.get("outputBytes") or 0),
            browser=self._has_browser,
            voices=self._voices,
        )

    async def _ask_sources(self, link: Asks) -> None:
        video = await link.request("GetVideoSettings")
        self._fps = float(video["fpsNumerator"]) / (float(video["fpsDenominator"]) or 1)
        if self._browser is not None:
            self._has_browser = self._browser()
        else:
            self._has_browser = BROWSER in (await link.request("GetInputKindList"))["inputKinds"]
        found: list[VoiceSource] = []
        for each in (await link.request("GetInputList", {"inputKind": BROWSER}))["inputs"] if self._has_browser else ():
            try:
                source = await _voice(link, str(each["inputName"]))
            except ObsRefused:  # removed in this moment
                continue
            found += [source] if source is not None else []
        self._voices = tuple(found)


async def _voice(link: Asks, name: str) -> VoiceSource | None:
    """None for a browser source that carries no voices."""
    about = {"inputName": name}
    settings = (await link.request("GetInputSettings", about))["inputSettings"]
    shown = overlay_of(settings.get("url"))
    if shown is None or not shown.sounds:
        return None
    if not settings.get("reroute_audio", BROWSER_DEFAULTS["reroute_audio"]):
        # OBS has no sound of it: nothing else can be asked
        return VoiceSource(name=name, persona=shown.persona, rerouted=False)
    monitor = await link.request("GetInputAudioMonitorType", about)
    muted = await link.request("GetInputMute", about)
    volume = await link.request("GetInputVolume", about)
    tracks: Mapping[str, Any] = {"inputAudioTracks": {"1": True}}
    with contextlib.suppress(ObsRefused):
        tracks = await link.request("GetInputAudioTracks", about)
    active = await link.request("GetSourceActive", {"sourceName": name})
    return VoiceSource(
        name=name,
        persona=shown.persona,
        monitor=str(monitor["monitorType"]),
        muted=bool(muted["inputMuted"]),
        volume_db=float(volume["inputVolumeDb"]),
        tracks=any(tracks["inputAudioTracks"].values()),
        on_air=bool(active["videoActive"]),
    )

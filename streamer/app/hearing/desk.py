"""The desk behind `/api/v1/ears`, the microphone's keys and its chat command."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final, cast

from streamer.adapters.asr.common.models import MODELS, folder_of, is_path, lacks, locate, named
from streamer.adapters.asr.whisper import WhisperEar, fetch
from streamer.adapters.audio.device.outlet import list_devices
from streamer.adapters.worker import installed
from streamer.app.hearing.opening import MODELS as MODELS_FOLDER
from streamer.app.hearing.opening import part_of
from streamer.app.hearing.room import HearingRoom
from streamer.app.settings import EarEngine, Settings
from streamer.app.setup.wording import bad_files
from streamer.app.setup.writing import Files
from streamer.app.setup.yamledit import Changes, put_back
from streamer.app.yamlfile import BadFiles
from streamer.ports import Misconfigured, Unavailable
from streamer.web import ears as api
from streamer.web.operate import Outcome

log = logging.getLogger(__name__)

NAMES: Final[dict[EarEngine, str]] = {
    "whisper": "Whisper", "azure": "Azure", "openai": "OpenAI", "offline": "PocketSphinx",
}  # fmt: skip
PACKAGES: Final[dict[EarEngine, tuple[str, str]]] = {
    "whisper": ("faster_whisper", "whisper"),
    "azure": ("azure.cognitiveservices.speech", "azure"),
    "offline": ("pocketsphinx", "offline-ear"),
}
"""What is imported, and the name of the extra that brings it."""
LOCAL: Final = frozenset({"whisper", "offline"})
STREAMING: Final = frozenset({"azure"})
DEVICES_OLD_S: Final = 10.0


class HearingDesk:
    """`streamer.web.ears.EarDesk`. Everything but `choose` and `fetch` returns at once."""

    def __init__(
        self,
        room: HearingRoom,
        files: Files,
        *,
        settings: Callable[[], Settings],
        reload: Callable[[], Awaitable[None]],
        revised: Callable[[], None],
        state: Path,
        log_press: Callable[[str, str, str], None] = lambda _what, _by, _via: None,
    ) -> None:
        """`state`: the state folder; `revised`: pages that show the ears ask again; `log_press(what, by, via)` notes
        who closed or opened the ear."""
        self._room, self._files = room, files
        self._settings, self._reload, self._revised = settings, reload, revised
        self._models = state / MODELS_FOLDER
        self._log_press = log_press
        self._lock = asyncio.Lock()
        self._fetching: asyncio.Task[None] | None = None
        self._devices: list[api.EarDevice] = []
        self._devices_fix = ""
        self._devices_s = -1e9
        self._lacks: dict[str, tuple[str, str]] = {}
        self._listing: asyncio.Task[None] | None = None

    # --- what is told -------------------------------------------------------------------------------------------------

    def state(self) -> api.Ears:
        settings, room = self._settings(), self._room
        shown = room.shown()
        microphone = room.page.microphone
        self._list_devices()
        whisper = settings.asr.whisper or WhisperEar()
        return api.Ears(
            source=settings.ears.source,
            state=cast("Any", room.state),
            muted=room.muted,
            engine=next(iter(settings.asr.engines), ""),
            model=whisper.model,
            vad=str(shown["vad"]),
            device=settings.ears.device,
            page=microphone.label if microphone is not None else "",
            language=settings.asr.language,
            open_speakers=settings.ears.open_speakers,
            barge_in=settings.ears.barge_in,
            push_to_talk=settings.ears.push_to_talk,
            loading=room.loading,
            devices=self._devices,
            devices_fix=self._devices_fix,
            engines=[self._engine(settings, engine) for engine in NAMES],
        )

    @property
    def muted(self) -> bool:
        return self._room.muted

    def _engine(self, settings: Settings, engine: EarEngine) -> api.EarEngine:
        local, streaming = engine in LOCAL, engine in STREAMING
        row = api.EarEngine(engine, NAMES[engine], "ready", local=local, streaming=streaming)
        package, extra = PACKAGES.get(engine, ("", ""))
        if package and not installed(package):
            return _with(row, "package", "ears.why.package", f"python3 run.py add {extra}")
        trouble = self._room.trouble(engine)
        if engine == "whisper":
            models = [api.EarModel(each.name, self._here(each.name), each.mb) for each in MODELS.values()]
            model = (settings.asr.whisper or WhisperEar()).model
            row = _with(row, row.state, models=models)
            if not self._here(model):
                return _with(row, "model", "ears.why.model", f"python3 run.py ears fetch {model}")
        if engine in ("azure", "openai") and getattr(settings.asr, engine) is None:
            return _with(row, "key", "ears.why.key", f"fix.ears.key_{engine}")
        if engine in self._lacks:
            return _with(row, "key", *self._lacks[engine])
        return _with(row, "broken", *trouble) if trouble else row

    def _services(self) -> dict[str, tuple[str, str]]:
        """What the services lack that have a section: why, and the fix. May look into the keyring."""
        found: dict[str, tuple[str, str]] = {}
        for engine in ("azure", "openai"):
            part = part_of(self._settings().asr, engine)
            try:
                if part is not None:
                    part.open()  # quick, and without the network
            except Misconfigured as wrong:
                found[engine] = wrong.reason, wrong.fix
        return found

    def _here(self, model: str) -> bool:
        known = MODELS.get(model)
        if known is not None and not lacks(folder_of(known, self._models)):
            return True
        try:
            return not lacks(locate(model, self._models))
        except Misconfigured:
            return False

    def _list_devices(self) -> None:
        """Devices and keys are looked for beside; who looked is told to look again when something has changed."""
        now = asyncio.get_running_loop().time()
        if self._listing is None and now - self._devices_s > DEVICES_OLD_S:
            self._devices_s = now
            self._listing = asyncio.create_task(self._listed(), name="list microphones")

    async def _listed(self) -> None:
        before = self._devices, self._devices_fix, self._lacks
        try:
            self._lacks = await asyncio.to_thread(self._services)
            found = await list_devices("input")
            self._devices = [api.EarDevice(each.name, each.name, each.default) for each in found]
            self._devices_fix = ""
        except (Unavailable, Misconfigured) as wrong:
            self._devices, self._devices_fix = [], getattr(wrong, "fix", "") or wrong.reason
        finally:
            self._listing = None
        if (self._devices, self._devices_fix, self._lacks) != before:
            self._revised()

    # --- what is asked ------------------------------------------------------------------------------------------------

    def mute(self, on: bool, *, by: str, via: str) -> Outcome:  # noqa: FBT001 - the protocol
        if not self._room.mute(on=on):
            return "already"
        self._log_press("ear.muted" if on else "ear.opened", by, via)
        return "done"

    def push(self, on: bool, *, by: str, via: str) -> Outcome:  # noqa: FBT001 - the protocol
        del by, via
        return "done" if self._room.push(on=on) else "already"

    async def choose(self, choice: api.ChooseEars, *, by: str, via: str) -> None:
        """Written into the user's settings and applied; put back when the show cannot use it."""
        del by, via
        async with self._lock:
            changes = self._changes(choice)
            if not changes:
                return
            try:
                done = await asyncio.to_thread(self._files.write, cast("Changes", changes))
            except BadFiles as bad:
                raise bad_files(bad) from None
            except OSError as error:
                raise Misconfigured(f"the settings cannot be written: {error.strerror}") from None
            try:
                await self._reload()
            except BadFiles as bad:
                for each in done:
                    await asyncio.to_thread(put_back, each)
                raise bad_files(bad) from None

    def _changes(self, choice: api.ChooseEars) -> dict[tuple[str, ...], Any]:
        settings = self._settings()
        ears, asr = settings.ears, settings.asr
        wanted: dict[tuple[str, ...], tuple[Any, Any]] = {
            ("ears", "source"): (choice.source, ears.source),
            ("ears", "device"): (choice.device, ears.device),
            ("ears", "open_speakers"): (choice.open_speakers, ears.open_speakers),
            ("ears", "push_to_talk"): (choice.push_to_talk, ears.push_to_talk),
            ("ears", "barge_in"): (choice.barge_in, ears.barge_in),
            ("asr", "language"): (choice.language, asr.language),
            ("asr", "whisper", "model"): (choice.model or None, (asr.whisper or WhisperEar()).model),
        }
        if choice.model and not is_path(choice.model):
            named(choice.model)  # says which there are
        if choice.engine is not None:
            wanted["asr", "chain"] = (self._chain(settings, choice.engine), list(asr.engines))
        return {key: new for key, (new, old) in wanted.items() if new is not None and new != old}

    @staticmethod
    def _chain(settings: Settings, engine: str) -> list[str]:
        """The chosen one first, the others behind it; none for none."""
        if not engine:
            return []
        if engine not in NAMES:
            raise Misconfigured(f"there is no recogniser called {engine}", fix=", ".join(NAMES))
        return [engine, *(each for each in settings.asr.engines if each != engine)]

    async def fetch(self, engine: str, model: str) -> None:
        """See the protocol. Only Whisper has models to fetch."""
        if engine != "whisper":
            raise Misconfigured(f"{engine} has no models to fetch")
        if self._fetching is not None:
            raise Unavailable("a model is being fetched; wait, or cancel it")
        wanted = model or (self._settings().asr.whisper or WhisperEar()).model
        if not installed("faster_whisper"):
            raise Misconfigured("faster-whisper is not installed", fix="python3 run.py add whisper")
        self._fetching = asyncio.create_task(self._fetched(wanted), name="fetch a model")

    async def _fetched(self, model: str) -> None:
        room = self._room
        try:
            await fetch(model, self._models, room.fetching)
        except (Unavailable, Misconfigured) as wrong:
            log.warning("the model %s could not be fetched: %s", model, wrong.reason)
            room.fetch_failed(wrong)
        else:
            await room.load_again()
        finally:
            self._fetching = None
            room.fetching(None)
            self._revised()

    def cancel_fetch(self) -> bool:
        if self._fetching is None:
            return False
        self._fetching.cancel()
        return True

    async def aclose(self) -> None:
        tasks = [task for task in (self._fetching, self._listing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _with(
    row: api.EarEngine, state: str, why: str = "", fix: str = "", models: Sequence[api.EarModel] | None = None
) -> api.EarEngine:
    kept = list(models) if models is not None else row.models
    return api.EarEngine(row.engine, row.name, cast("Any", state), row.local, row.streaming, why, fix, kept)

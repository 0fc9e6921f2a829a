"""What each step writes: settings into `home/config/streamer.yaml`, a persona's voice into its own `character.yaml`.

Functions here read and write files (call them in a thread) and return what they did, so that it can be put back.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from streamer.adapters.llm.common.profiles import PROFILES
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.app.casting.changes import file_changes
from streamer.app.characters import load_character
from streamer.app.settings import Folders, Settings
from streamer.app.setup.wording import problem
from streamer.app.setup.yamledit import DELETE, Changes, Edited, Gone, Plain, edit, put_back
from streamer.web.characters import Change, VoiceOf
from streamer.web.setup import Brain, ChooseVoice, VoiceServer

HEAD = """\
# Your settings. What stands here wins over config/streamer.yaml, which lists everything that can be set.
# The set-up page changes single values and leaves your own lines alone. Keys and passwords never stand here.
"""
Writable = dict[tuple[str, ...], Plain | Gone]


class Files:
    """`file`: the settings file of `--config`, if one was given."""

    def __init__(self, folders: Folders, file: Path | None = None) -> None:
        self._folders = folders
        self._file = file

    def write(self, changes: Changes) -> list[Edited]:
        """Into the settings file."""
        path = self._file or self._folders.home / "config" / "streamer.yaml"
        shown = str(path) if self._file else "home/config/streamer.yaml"
        return [edit(path, changes, head=HEAD, shown=shown)]

    def voice(self, choice: ChooseVoice, settings: Settings) -> list[Edited]:
        """A persona's voice and engine; the engine also goes first in the chain of those who chose none.

        Raises Problem for a persona nobody knows.
        """
        done: list[Edited] = []
        try:
            folder = self._own(choice.persona, done)
            path = folder / "character.yaml"
            now = load_character(folder).voice
            ids = {**now.ids, choice.engine: choice.voice}
            known = {key: value for key, value in ids.items() if value}
            wanted = VoiceOf(choice.pitch, choice.rate, known, choice.engine)
            shown = f"home/characters/{choice.persona}/character.yaml"
            _merge(done, edit(path, file_changes(path, Change(voice=wanted)), shown=shown))
            done += self.write({("tts", "chain"): chain_with(settings, choice.engine)})
        except BaseException:
            undone(done)
            raise
        return done

    def _own(self, persona: str, done: list[Edited]) -> Path:
        """The persona's own folder; a shipped one is copied there first, with its material."""
        own = self._folders.home / "characters" / persona
        if (own / "character.yaml").is_file():
            return own
        shipped = self._folders.shipped / "characters" / persona
        if not (shipped / "character.yaml").is_file():
            raise problem(404, "no_persona", path="$.persona", id=persona)
        # The file that makes the folder a character comes last: half a copy would win over the shipped one.
        for source in sorted(shipped.rglob("*"), key=lambda each: (each == shipped / "character.yaml", each)):
            target = own / source.relative_to(shipped)
            if source.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                beside = target.with_name(f".{target.name}.new")
                shutil.copyfile(source, beside)
                beside.replace(target)
                done.append(Edited(target, None, target.read_bytes()))
        return own


def undone(edits: list[Edited]) -> None:
    """Put everything back, the last first; empty folders that were made go too."""
    for each in reversed(edits):
        if put_back(each) and each.before is None:
            try:
                each.path.parent.rmdir()
            except OSError:
                continue


def _merge(done: list[Edited], new: Edited) -> None:
    """Two changes of one file are one."""
    for at, each in enumerate(done):
        if each.path == new.path:
            done[at] = Edited(each.path, each.before, new.after)
            return
    done.append(new)


# --- what is written --------------------------------------------------------------------------------------------------


def channel(platform: str, name: str) -> Changes:
    return {("chat", platform, "channel"): name}


def no_channel(platforms: Sequence[str]) -> Changes:
    """Nothing is read there; what else is set about them stays."""
    return {("chat", platform, "channel"): DELETE for platform in platforms}


def brain(wanted: Brain, now: OpenAiChat | None) -> Changes:
    """What is left empty is the profile's own, and is not written. What suited only the brain before goes."""
    profile = PROFILES[wanted.profile]
    url = wanted.base_url.strip().rstrip("/")
    model = wanted.model.strip()
    changes: Writable = {
        ("llm", "profile"): wanted.profile,
        ("llm", "model"): model or DELETE,
        ("llm", "base_url"): url if url and url != profile.base_url else DELETE,
    }
    if now is not None and (now.profile, now.model or PROFILES[now.profile].model) != (wanted.profile, model):
        changes["llm", "prompt_price"] = changes["llm", "completion_price"] = DELETE
    if now is not None and now.profile != wanted.profile:
        changes["llm", "extra"] = DELETE
    return changes


def no_brain() -> Changes:
    return {("llm",): DELETE, ("llm_fallbacks",): DELETE}


def terms(*, accept: bool, settings: Settings) -> Changes:
    """Taking them back also takes the engine out of the chain, which could not use it."""
    changes: Writable = {("tts", "edge", "accept_terms"): accept}
    if not accept and "edge" in settings.tts.chain:
        changes["tts", "chain"] = [each for each in settings.tts.chain if each != "edge"] or DELETE
    return changes


def voice_server(wanted: VoiceServer) -> Changes:
    """The first value says where the voices are asked for."""
    url, model = wanted.base_url.strip().rstrip("/"), wanted.model.strip()
    match wanted.engine:
        case "http":
            return {("tts", "http", "url"): wanted.url.strip() or wanted.base_url.strip()}
        case "voicevox":
            return {("tts", "voicevox", "url"): wanted.url.strip().rstrip("/") or "http://127.0.0.1:50021"}
        case "azure":
            region = wanted.region.replace(" ", "").lower()
            return {("tts", "azure", "region"): region, ("tts", "azure", "endpoint"): DELETE}
        case "elevenlabs":
            more: Writable = {("tts", "elevenlabs", "model"): model} if model else {}
            return {("tts", "elevenlabs", "base_url"): url or "https://api.elevenlabs.io", **more}
        case "openai":
            pass
    url = (wanted.base_url.strip() or wanted.url.strip()).rstrip("/")
    changes: Writable = {("tts", "openai", "base_url"): url or "https://api.openai.com/v1"}
    if wanted.model.strip():
        changes["tts", "openai", "model"] = wanted.model.strip()
    return changes


def chain_with(settings: Settings, engine: str) -> list[str]:
    """The engine first, the others behind it in their order. The offline voice is written only where it was chosen:
    on a real channel that would opt it in."""
    named = settings.tts.chain
    rest = [each for each in settings.voice_engines() if each != engine and (each != "espeak" or each in named)]
    return [engine, *rest]


def overridden(wanted: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The first thing that did not become what was written, since the command line or the environment says otherwise;
    "" when all did."""
    return next((key for key, value in wanted.items() if now.get(key, "") != value), "")

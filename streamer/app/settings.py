"""What people may set: `config/streamer.yaml` (shipped, commented) under `home/config/streamer.yaml` or `--config`.

Precedence, lowest first: shipped defaults, the file, environment (`SHOWRUNNER_LLM__MODEL=...`, also from `.env`),
command line. Secrets never stand in YAML: they come from the environment, `.env`, a secrets folder or the keyring.
"""

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from streamer.adapters.asr.azure import AzureEar
from streamer.adapters.asr.openai_transcribe import OpenAiEar
from streamer.adapters.asr.pocketsphinx import SphinxEar
from streamer.adapters.asr.whisper import WhisperEar
from streamer.adapters.avatar.vts.settings import VtsAvatar
from streamer.adapters.chat.streamerbot.settings import StreamerBotChat
from streamer.adapters.chat.twitch_irc.settings import TwitchChat
from streamer.adapters.chat.youtube.settings import YouTubeChat
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.adapters.obs.settings import ObsPart
from streamer.adapters.tts.azure import AzureVoice
from streamer.adapters.tts.edge import EdgeVoice
from streamer.adapters.tts.elevenlabs import ElevenLabsVoice
from streamer.adapters.tts.espeak import EspeakVoice
from streamer.adapters.tts.http_voice import HttpVoice
from streamer.adapters.tts.openai_speech import OpenAiVoice
from streamer.adapters.tts.voicevox import VoicevoxVoice
from streamer.app.alerting.rules import core_rules
from streamer.app.alerting.settings import Alerts
from streamer.app.outlets import SoundPart
from streamer.app.outward.settings import Webhooks
from streamer.app.sending.settings import CommandsPart, WritePart
from streamer.app.setup.secrets import KEYS
from streamer.app.yamlfile import BadFiles, LineOf, Problem, problems, read_yaml
from streamer.core.settings import Scenes, Segment, ShowSettings

PREFIX = "SHOWRUNNER_"
_SECRETS = frozenset(("api_key", "password", "token", "client_secret", "secret", "authorization"))
Engine = Literal["openai", "elevenlabs", "azure", "voicevox", "http", "edge", "espeak"]
EarEngine = Literal["whisper", "azure", "openai", "offline"]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShowPart(_Group):
    """How readily the cast speaks."""

    title: str = "Showrunner"
    cast: list[str] = []
    rundown: str = ""
    dial: Literal["named", "normal", "chatty"] = "normal"
    answers_per_minute: Annotated[int, Field(ge=1, le=600)] = 4
    chatty_per_minute: Annotated[int, Field(ge=1, le=60)] = 10
    read_delay_s: Annotated[float, Field(ge=0, le=60)] = 2.0
    gap_s: Annotated[float, Field(ge=0, le=5)] = 0.35
    host_quiet_s: Annotated[float, Field(ge=0, le=10)] = 0.8
    idle_after_s: Annotated[float, Field(ge=0, le=3600)] = 20.0
    banter_turns: Annotated[int, Field(ge=1, le=6)] = 3
    banter_every_s: Annotated[float, Field(ge=0, le=7200)] = 90.0
    viewer_cooldown_s: Annotated[float, Field(ge=0, le=3600)] = 30.0
    unattended: bool | None = None


class ChatPart(_Group):
    twitch: TwitchChat | None = None
    youtube: YouTubeChat | None = None
    streamerbot: StreamerBotChat | None = None
    webhooks: Webhooks = []
    commands: CommandsPart = CommandsPart()
    write: WritePart = WritePart()
    bots: list[str] = []
    """Accounts that are never answered, beside the known ones."""


class ModerationPart(_Group):
    blocked: list[str] = []
    allowed: list[str] = []


class TtsPart(_Group):
    chain: list[Engine] = []
    offline_voice_on_air: bool | None = None
    first_audio_s: Annotated[float, Field(gt=0, le=60)] = 2.5
    stall_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    edge: EdgeVoice | None = None
    openai: OpenAiVoice | None = None
    http: HttpVoice | None = None
    elevenlabs: ElevenLabsVoice | None = None
    azure: AzureVoice | None = None
    voicevox: VoicevoxVoice | None = None
    espeak: EspeakVoice = EspeakVoice()
    pronunciations: dict[str, Annotated[str, Field(max_length=200)]] = {}
    emotes: Literal["named", "skipped"] = "named"
    emoji: Literal["named", "skipped"] = "skipped"
    line_s: Annotated[float, Field(ge=5, le=120)] = 20.0

    @property
    def parts(self) -> Mapping[Engine, Any]:
        """The settings of every engine by its name, in the order they are tried; None where it is not set up."""
        return {
            "openai": self.openai, "elevenlabs": self.elevenlabs, "azure": self.azure, "voicevox": self.voicevox,
            "http": self.http, "edge": self.edge, "espeak": self.espeak,
        }  # fmt: skip


class EarsPart(_Group):
    """How the show hears its host."""

    source: Literal["browser", "device", "meter", "off"] = "browser"
    device: str = ""
    open_speakers: bool = False
    push_to_talk: bool = False
    muted: bool = False
    barge_in: Literal["stop", "duck"] = "stop"


class AsrPart(_Group):
    """Who understands the host."""

    chain: list[EarEngine] | None = None
    language: str = ""
    whisper: WhisperEar | None = None
    azure: AzureEar | None = None
    openai: OpenAiEar | None = None
    offline: SphinxEar | None = None

    @property
    def engines(self) -> Sequence[EarEngine]:
        """Those that are asked, in order: the chain (an empty one: nobody), else each that has a section."""
        given: dict[EarEngine, Any] = {
            "whisper": self.whisper, "azure": self.azure, "openai": self.openai, "offline": self.offline,
        }  # fmt: skip
        if self.chain is not None:
            return self.chain
        return [engine for engine, part in given.items() if part is not None]


Avatar = VtsAvatar
"""How a persona is shown outside of the overlays; a new vendor is a name in this union."""


class WebPart(_Group):
    host: str = "localhost"
    port: Annotated[int, Field(ge=0, le=65535)] = 8765
    public_url: str = ""
    """The outer address, when a tunnel, a proxy or a container is in front: https://show.example.org."""


class Settings(_Group):
    show: ShowPart = ShowPart()
    chat: ChatPart = ChatPart()
    alerts: Alerts = Alerts()
    llm: OpenAiChat | None = None
    llm_fallbacks: list[OpenAiChat] = []
    tts: TtsPart = TtsPart()
    asr: AsrPart = AsrPart()
    ears: EarsPart = EarsPart()
    sound: SoundPart = SoundPart()
    moderation: ModerationPart = ModerationPart()
    obs: ObsPart | None = None
    avatars: dict[str, Avatar] = {}
    web: WebPart = WebPart()

    @property
    def on_channel(self) -> bool:
        """A real chat is read; else this is the demo show."""
        return self.channel is not None or self.youtube is not None or self.beside

    @property
    def channel(self) -> TwitchChat | None:
        """The channel that is read. A section without a name only says where chats are found: what set-up names is
        read there."""
        twitch = self.chat.twitch
        return twitch if twitch is not None and twitch.channel else None

    @property
    def youtube(self) -> YouTubeChat | None:
        """The YouTube channel that is read; a section without one only says where and how."""
        youtube = self.chat.youtube
        return youtube if youtube is not None and youtube.channel.strip() else None

    @property
    def beside(self) -> bool:
        """Another program tells what happens in the chats."""
        return self.chat.streamerbot is not None and bool(self.chat.streamerbot.read)

    @property
    def places(self) -> Sequence[str]:
        """The chats that are read, in words."""
        out = [f"twitch.tv/{self.channel.channel}"] if self.channel is not None else []
        out += [f"YouTube {self.youtube.channel.strip()}"] if self.youtube is not None else []
        return [*out, "Streamer.bot"] if self.beside else out

    @property
    def unattended(self) -> bool:
        """Whether the cast may talk unasked without a way to notice the host."""
        return self.show.unattended if self.show.unattended is not None else not self.on_channel

    def voice_engines(self) -> Sequence[Engine]:
        """The engines that are tried, in order. The offline voice is the demo's; on a channel it has to be opted in."""
        chain: Sequence[Engine] = list(self.tts.chain)
        if not chain:
            chain = [engine for engine, part in self.tts.parts.items() if part is not None and engine != "espeak"]
        opted = self.tts.offline_voice_on_air
        offline = not self.on_channel if opted is None else opted
        if "espeak" in chain:
            return chain if offline or opted is None else [engine for engine in chain if engine != "espeak"]
        return [*chain, "espeak"] if offline else chain

    def rules(self, segments: tuple[Segment, ...] = (), *, seed: int = 0, scenes: Scenes | None = None) -> ShowSettings:
        """The part of the settings that the core reads."""
        show = self.show
        return ShowSettings(
            seed=seed,
            dial=show.dial,
            answers_per_minute=show.answers_per_minute,
            chatty_per_minute=show.chatty_per_minute,
            read_delay_ms=int(show.read_delay_s * 1000) if self.on_channel else 0,
            gap_ms=int(show.gap_s * 1000),
            host_quiet_ms=int(show.host_quiet_s * 1000),
            idle_after_ms=int(show.idle_after_s * 1000),
            banter_turns=show.banter_turns,
            banter_every_ms=int(show.banter_every_s * 1000),
            viewer_cooldown_ms=int(show.viewer_cooldown_s * 1000),
            unattended=self.unattended,
            segments=segments,
            alerts=core_rules(self.alerts),
            scenes=scenes or Scenes(),
            barge_in=self.ears.barge_in,
        )


class Folders(msgspec.Struct, frozen=True):
    """Where things live: what is shipped (read only), what the user wrote, what the program keeps."""

    shipped: Path
    home: Path
    state: Path

    def roots(self, name: str) -> tuple[Path, ...]:
        """The folders of that name, the user's own first."""
        return (self.home / name, self.shipped / name)


def read_settings(
    folders: Folders, file: Path | None = None, *, environment: Mapping[str, str] = os.environ, given: Any = None
) -> Settings:
    """Every source merged and checked. `given` is what the command line says, as nested dicts.

    Raises `BadFiles` with every problem of every source; nothing is started then.
    """
    merged: dict[str, Any] = {}
    bad: list[Problem] = []
    over = _merge(_from_environment({**_dot_env(folders.home / ".env"), **environment}), given or {})
    for path, shown in _files(folders, file):
        try:
            data, line_of = read_yaml(path, shown=shown)
        except BadFiles as error:
            bad += error.problems
            continue
        if not isinstance(data, dict):
            bad.append(Problem(shown, 1, "", "must be a mapping of keys to values"))
            continue
        bad += _written_secrets(data, line_of, shown)
        found = problems(Settings, _named(data), line_of, shown)
        bad += [each for each in found if each.message != "is missing" or not _holds(over, each.where)]
        merged = _merge(merged, data)
    merged = _named(_merge(merged, over))
    if not bad:
        bad += problems(Settings, merged, lambda _place: 0, "environment or command line")
    if bad:
        raise BadFiles(bad)
    return Settings.model_validate(merged)


def _holds(data: Mapping[str, Any], where: str) -> bool:
    """Whether nested mappings hold something at a dotted path."""
    node: Any = data
    for key in where.split("."):
        if not isinstance(node, Mapping) or key not in node:
            return False
        node = node[key]
    return True


def named_anyway(folders: Folders, file: Path | None = None) -> tuple[list[str], str]:
    """The cast and the rundown that unusable settings name, as far as they can be read: their files have problems too,
    and people want to hear of all at once."""
    merged: dict[str, Any] = {}
    for path, shown in _files(folders, file):
        with contextlib.suppress(BadFiles):
            data, _ = read_yaml(path, shown=shown)
            merged = _merge(merged, data if isinstance(data, dict) else {})
    show = merged.get("show")
    show = show if isinstance(show, dict) else {}
    cast, rundown = show.get("cast"), show.get("rundown")
    names = [name for name in cast if isinstance(name, str)] if isinstance(cast, list) else []
    return names, rundown if isinstance(rundown, str) else ""


def _files(folders: Folders, file: Path | None) -> list[tuple[Path, str]]:
    shipped = folders.shipped / "config" / "streamer.yaml"
    own = file or folders.home / "config" / "streamer.yaml"
    out = [(shipped, "config/streamer.yaml")] if shipped.is_file() else []
    if file is not None or own.is_file():
        out.append((own, str(file) if file is not None else "home/config/streamer.yaml"))
    return out


def _merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(under)
    for key, value in over.items():
        below = out.get(key)
        if isinstance(below, list) and isinstance(value, dict):
            parts = ((each, value.get(str(at))) for at, each in enumerate(below))
            out[key] = [_merge(each, more) if isinstance(each, dict) and more else each for each, more in parts]
        else:
            out[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return out


def _named(data: dict[str, Any]) -> dict[str, Any]:
    """Empty sections of a file (`chat:` with everything commented out) are sections left out."""
    return {key: value for key, value in data.items() if value is not None}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """`SHOWRUNNER_TTS__EDGE__URL=x` as `{"tts": {"edge": {"url": "x"}}}`; lists are written as JSON."""
    out: dict[str, Any] = {}
    for name, value in sorted(environment.items()):
        if not name.upper().startswith(PREFIX) or "__" not in name:
            continue
        keys = name[len(PREFIX) :].lower().split("__")
        node = out
        for key in keys[:-1]:
            node = node.setdefault(key, {})
            if not isinstance(node, dict):
                break
        else:
            node[keys[-1]] = _value(value)
    return out


def _value(text: str) -> object:
    if text.startswith(("[", "{")):
        with contextlib.suppress(msgspec.MsgspecError):
            return msgspec.json.decode(text)
    return text


def _dot_env(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    out: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            out[name.strip().removeprefix("export ").strip()] = value.strip().strip("\"'")
    return out


def _written_secrets(node: Any, line_of: LineOf, shown: str, place: tuple[str | int, ...] = ()) -> list[Problem]:
    """Keys and passwords do not belong into files that are shared, shown on stream and committed."""
    out: list[Problem] = []
    if isinstance(node, dict):
        for key, value in node.items():
            here = (*place, key)
            if key.lower() in _SECRETS and value:
                name = PREFIX + "__".join(str(each) for each in here).upper()
                message = f"a secret does not belong into a file; set {name} in the environment or in home/.env"
                out.append(Problem(shown, line_of(here), ".".join(map(str, here)), message))
            else:
                out += _written_secrets(value, line_of, shown, here)
    elif isinstance(node, list):
        for at, value in enumerate(node):
            out += _written_secrets(value, line_of, shown, (*place, at))
    return out


def secret(name: str, environment: Mapping[str, str] = os.environ) -> SecretStr:
    """A secret by name: from the environment, else from what set-up or the system's keyring keep; empty without one."""
    if environment.get(name):
        return SecretStr(environment[name])
    return SecretStr(KEYS.get(name))

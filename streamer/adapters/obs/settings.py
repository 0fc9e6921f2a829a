"""What people write about OBS: `obs` in streamer.yaml, and a scene map in `scenes/<name>.yaml`.

A scene map names things of the user's own scene collection, as they are called there. Nothing is checked against OBS
here: that happens at connect, and again whenever OBS changes.
"""

import string
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from streamer.adapters.part import Part
from streamer.core.settings import Scenes
from streamer.ports import CueKind

if TYPE_CHECKING:
    from streamer.adapters.obs.link import ObsLink

URL = "ws://127.0.0.1:4455"
Name = Annotated[str, Field(min_length=1, max_length=300)]
"""Of a scene, source, input, filter or transition in OBS."""
Side = Literal["left", "right", "top", "bottom"]
WORDS = ("name", "answering_name", "answering_text")
"""What stands in braces in the text of a text source."""


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ObsCaptions(_Group):
    """Captions through OBS itself, beside those of the overlay."""

    text: str = Field(default="", max_length=300, description="a text input that shows what is being said; empty: none")
    stream: bool = Field(default=False, description="closed captions (CEA-608) in the stream; Latin letters only")


class ObsPart(Part):
    """OBS Studio with obs-websocket 5 (OBS 28 and later), on this machine or another one."""

    url: str = Field(default=URL, description="as in OBS, Tools > WebSocket Server Settings")
    password: SecretStr = Field(default=SecretStr(""), description="of the WebSocket server")
    map: str = Field(default="", max_length=100, description="a file of `scenes/` or `home/scenes/`, without `.yaml`")
    host_mic: str = Field(default="", max_length=300, description="the audio input that is the host's microphone")
    host_level_db: float = Field(
        default=-45.0, ge=-90, le=0, description="from this level on it may be the host's voice"
    )
    captions: ObsCaptions = ObsCaptions()

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        text = url.strip() if "://" in url else f"ws://{url.strip()}"
        try:
            parts = urlsplit(text)
            usable = parts.scheme == "ws" and bool(parts.hostname) and parts.port != 0 and parts.username is None
        except ValueError:
            usable = False
        if not usable or any(each.isspace() for each in text):
            raise ValueError(f"must be an address such as {URL}")
        return text

    def open(self, *, meters: bool = False) -> "ObsLink":
        from streamer.adapters.obs.link import ObsLink

        return ObsLink(self.url, self.password.get_secret_value(), meters=meters or bool(self.host_mic))


class SourcePlace(_Group):
    """A source in a scene (or in a group: the group's name stands for the scene)."""

    scene: Name
    source: Name


class FilterPlace(_Group):
    """A filter of a source, of a scene or of an audio input."""

    source: Name
    filter: Name


class Slide(SourcePlace):
    """While she speaks the source is where the user put it; else it is `by` pixels (of the canvas) away from there, to
    the side it comes from."""

    side: Side = Field(alias="from")
    by: Annotated[float, Field(gt=0, le=20_000)] = 400.0
    ms: Annotated[int, Field(ge=0, le=5_000)] = 250


class Person(_Group):
    """What happens in OBS while a persona speaks; it ends with the line."""

    show: list[SourcePlace] = Field(default=[], max_length=50)
    filters: list[FilterPlace] = Field(default=[], max_length=50)
    slide: Slide | None = None


class TextRule(_Group):
    """A text input and what stands in it: `{name}` of who speaks, `{answering_name}` and `{answering_text}` of the
    message that is answered. While one of those it asks for is empty, the whole text is."""

    input: Name
    text: Annotated[str, Field(max_length=500)]
    longest: Annotated[int, Field(ge=1, le=1_000)] = 120
    """Characters; what is longer ends with an ellipsis."""

    @field_validator("text")
    @classmethod
    def _has_known_words(cls, text: str) -> str:
        try:
            pieces = list(string.Formatter().parse(text))
        except ValueError as error:
            raise ValueError(
                f"has a brace that is not closed or not opened; a brace itself is {{{{ ({error})"
            ) from error
        for _, word, spec, conversion in pieces:
            if word is not None and (word not in WORDS or spec or conversion):
                known = ", ".join(f"{{{each}}}" for each in WORDS)
                raise ValueError(f"{{{word}}} is not known; there are {known}")
        return text


class Duck(_Group):
    """Inputs that are quieter while somebody is heard."""

    inputs: list[Name] = Field(max_length=50)
    by_db: Annotated[float, Field(gt=0, le=60)] = 12.0
    ms: Annotated[int, Field(ge=0, le=5_000)] = 300


class Transition(_Group):
    """Chosen once at connect. `ms` is left alone for transitions of fixed length (Cut, stingers)."""

    name: Name
    ms: Annotated[int, Field(ge=50, le=20_000)] | None = None


class SetFilter(FilterPlace):
    on: bool = True


class MomentRule(_Group):
    """Once, when it happens, never made up for. Exactly one thing to do."""

    when: CueKind
    wanted: str = Field(
        default="",
        alias="is",
        max_length=100,
        description="which one: an emotion, a gesture, a kind of alert or a reward, a persona; empty: every one",
    )
    tests: bool = Field(default=True, description="also for test alerts of the panel")
    media: Name | None = None
    """A media input that plays from its beginning."""
    hotkey: Name | None = None
    """As OBS calls it, for instance `OBSBasic.SelectScene`; see `streamer obs status`."""
    filter: SetFilter | None = None
    replay: Literal["save"] | None = None
    record: Literal["start", "stop"] | None = None
    screenshot: Literal[True] | None = None
    """Of the scene on air, into the folder of OBS's recordings."""

    @model_validator(mode="after")
    def _does_one_thing(self) -> "MomentRule":
        doing = [self.media, self.hotkey, self.filter, self.replay, self.record, self.screenshot]
        if sum(each is not None for each in doing) != 1:
            raise ValueError("needs exactly one of media, hotkey, filter, replay, record, screenshot")
        return self


class SceneMap(_Group):
    """Which of the user's scenes, sources, filters and inputs the show may touch, and for what.

    Scenes have keys, which rundowns, alerts, panel and keys use; a name that is no key is an OBS scene as written.
    """

    title: Annotated[str, Field(max_length=200)] = ""
    scenes: dict[Annotated[str, Field(min_length=1, max_length=100)], Name] = Field(default={}, max_length=200)
    home: str = ""
    standby: str = ""
    emergency: str = ""
    speakers: dict[str, str] = Field(default={}, max_length=100)
    several: str = ""
    cut_on_speaker: bool = False
    min_shot_s: Annotated[float, Field(ge=0, le=600)] = 4.0
    transition: Transition | None = None
    people: dict[str, Person] = Field(default={}, max_length=100)
    texts: list[TextRule] = Field(default=[], max_length=50)
    duck: Duck | None = None
    mute_while_host: list[Name] = Field(default=[], max_length=50)
    on: list[MomentRule] = Field(default=[], max_length=200)

    def core(self) -> Scenes:
        """What the rules of the show read, keys as written."""
        return Scenes(
            home=self.home,
            standby=self.standby,
            emergency=self.emergency,
            speakers=dict(self.speakers),
            several=self.several,
            cut_on_speaker=self.cut_on_speaker,
            min_shot_ms=int(self.min_shot_s * 1000),
        )

    def scene(self, key: str) -> str:
        """The OBS scene of a key; a name that is no key is itself, as is one behind `=` that would be a key."""
        plain = key.removeprefix("=")
        return self.scenes.get(key, plain if plain in self.scenes else key)

    def key(self, scene: str) -> str:
        """The first key of an OBS scene; without one, the name itself, behind `=` where it is the key of another."""
        literal = f"={scene}" if scene in self.scenes else scene
        return next((key for key, name in self.scenes.items() if name == scene), literal)

    def used_scenes(self) -> dict[str, str]:
        """The OBS scenes this map cuts to, by the place in the map that names them first."""
        out: dict[str, str] = {}
        named = [(f"scenes.{key}", name) for key, name in self.scenes.items()]
        named += [(at, self.scene(getattr(self, at))) for at in ("home", "standby", "emergency", "several")]
        named += [(f"speakers.{who}", self.scene(key)) for who, key in self.speakers.items()]
        for place, name in named:
            if name:
                out.setdefault(name, place)
        return out

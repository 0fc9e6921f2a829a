"""What people write under `avatars.<persona>` when the persona is a model in VTube Studio."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from streamer.adapters.part import Part
from streamer.ports import Misconfigured, Notice

if TYPE_CHECKING:
    from streamer.adapters.avatar.vts.driver import Opener

URL = "ws://127.0.0.1:8001"
FILE_END = ".exp3.json"
Unit = Annotated[float, Field(ge=0, le=1)]
Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Value = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]
When = Literal[
    "message", "cheer", "superchat", "sticker", "member_new", "resub", "milestone", "gift_batch", "gift_received",
    "raid", "follow", "redemption",
]  # fmt: skip


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Look(_Group):
    """One way to show an expression: a file of the model, a hotkey, tracking parameters, or several of them.

    `above`: only from this intensity on; of several ways the one with the highest `above` that is reached is shown.
    """

    file: str = Field(default="", max_length=200, description="expression file of the model: happy.exp3.json")
    hotkey: str = Field(default="", max_length=200, description="a hotkey's name or id, where there is no file")
    fade: float = Field(default=0.25, ge=0, le=2, description="seconds; VTube Studio fades out as it faded in")
    above: Unit = 0.0
    params: dict[str, Value] = Field(default={}, description="tracking parameters, mixed in by the intensity")


class Gesture(_Group):
    """A movement that plays once: a hotkey of the model."""

    hotkey: str = Field(min_length=1, max_length=200, description="a hotkey's name or id")


class Mouth(_Group):
    """Which tracking parameters the voice moves; empty: none."""

    open: str = Field(default="MouthOpen", max_length=32)
    smile: str = Field(default="MouthSmile", max_length=32)
    vowels: bool = Field(default=True, description="also VoiceA, VoiceI, VoiceU, VoiceE, VoiceO, where there are such")


class Move(_Group):
    """How the model moves from where it stands, and back afterwards. A position of 1 is half the window."""

    x: Annotated[float, Field(ge=-2, le=2)] = 0.0
    y: Annotated[float, Field(ge=-2, le=2)] = 0.0
    rotation: Annotated[float, Field(ge=-90, le=90)] = 0.0
    size: Annotated[float, Field(ge=-50, le=50)] = 0.0
    seconds: Annotated[float, Field(ge=0, le=2)] = 0.4


class Tint(_Group):
    """`meshes`: parts of names of ArtMeshes; empty: the whole model."""

    color: Color
    meshes: list[str] = Field(default=[], max_length=100)


class Throw(_Group):
    """What is thrown at the model, and when."""

    when: list[When] = Field(default=["redemption"], description="kinds of alerts")
    rewards: list[str] = Field(default=[], max_length=100, description="only these rewards; empty: every one")
    item: str = Field(default="", max_length=200, description="a file of VTube Studio's Items folder: heart.png")
    pictures: bool = Field(default=False, description="throw the viewer's own emote; VTube Studio asks you once")
    size: Annotated[float, Field(gt=0, le=1)] = 0.12
    seconds: Annotated[float, Field(ge=0.2, le=3)] = 0.6
    at_once: Annotated[int, Field(ge=1, le=10)] = 3


class VtsAvatar(Part):
    """A Live2D model in VTube Studio. One instance shows one model: each persona has its own address."""

    kind: Literal["vts"] = "vts"
    url: str = Field(default=URL, description="address and port as in VTube Studio's settings")
    model: str = Field(default="", max_length=200, description="the model's name or id; another one is left alone")
    fps: int = Field(default=30, ge=10, le=60, description="how often the face is sent each second")
    mouth: Mouth = Mouth()
    face: bool = Field(default=True, description="brows, eyes and smile follow the expression where no file is given")
    gaze: Unit = Field(default=0.5, description="how far eyes and head turn to whom she listens; 0: not at all")
    left: str = Field(default="", max_length=100, description="who stands left of her: a persona's id, or host")
    right: str = Field(default="", max_length=100, description="who stands right of her: a persona's id, or host")
    own_parameters: bool = Field(default=True, description="make ShowrunnerMouth and others for riggers to use")
    expressions: dict[str, str | Look | list[Look]] = Field(default={}, description="expression: file, or a look")
    gestures: dict[str, str | Gesture] = Field(default={}, description="gesture: hotkey")
    moves: dict[Literal["speak", "listen"], Move] = Field(default={})
    tint: dict[str, Color | Tint] = Field(
        default={}, description="expression: color; `quiet` while somebody else speaks"
    )
    throw: Throw | None = None
    pokes: bool = Field(default=True, description="a click on the model pokes the persona")
    discovery_port: int = Field(default=47779, ge=0, le=65535, description="0: do not listen for VTube Studio")

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            return socket_address(value)
        except Misconfigured as wrong:
            raise ValueError(f"{wrong.reason}: {wrong.fix}") from None

    @field_validator("expressions")
    @classmethod
    def _files(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name, look in value.items():
            for one in looks_of(look):
                if not (one.file or one.hotkey or one.params):
                    raise ValueError(f"{name}: give a file, a hotkey or params")
        return value

    def open(self) -> "Opener":
        """Makes the driver of a persona: call it with what the show gives. Quick, no network."""
        from streamer.adapters.avatar.vts.driver import Opener

        return Opener(self)

    def looks(self, expression: str) -> Sequence[Look]:
        """The ways to show it, weakest first; empty where nothing is mapped."""
        given = self.expressions.get(expression)
        return sorted(looks_of(given), key=lambda look: look.above) if given is not None else ()

    def tint_of(self, name: str) -> Tint | None:
        given = self.tint.get(name)
        return Tint(color=given) if isinstance(given, str) else given

    def hotkey_of(self, gesture: str) -> str:
        given = self.gestures.get(gesture)
        return given if isinstance(given, str) else given.hotkey if given is not None else ""


def looks_of(given: str | Look | Sequence[Look]) -> Sequence[Look]:
    """A bare name is an expression file; the ending may be left out."""
    if isinstance(given, str):
        return (Look(file=given),)
    return (given,) if isinstance(given, Look) else given


_HOST = re.compile(r"[A-Za-z0-9._:-]+")


def socket_address(url: str) -> str:
    """`8001`, `host:8001` and `ws://host:8001` as a WebSocket address. Raises Misconfigured."""
    text = url.strip()
    if text.isdigit():
        text = f"127.0.0.1:{text}"
    if "://" not in text:
        text = f"ws://{text}"
    fix = "give address and port as VTube Studio shows them: ws://127.0.0.1:8001"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Misconfigured("this is no address of VTube Studio", fix=fix) from None
    if parts.scheme not in ("ws", "wss") or not _HOST.fullmatch(parts.hostname or "") or port == 0:
        raise Misconfigured("this is no address of VTube Studio", fix=fix)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def place_of(url: str) -> str:
    """`host:port`, the same for every spelling of this machine: what tells two instances apart."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    local = host in ("localhost", "::1", "0.0.0.0") or host.startswith("127.")  # noqa: S104 - compared, not bound
    return f"{'127.0.0.1' if local else host}:{parts.port or (443 if parts.scheme == 'wss' else 80)}"


def one_each(avatars: Mapping[str, object]) -> list[Notice]:
    """Personas that would share one instance of VTube Studio, one notice each: an instance shows one model only.

    `avatars`: persona -> its settings; parts of other kinds are passed over.
    """
    taken: dict[str, str] = {}
    out: list[Notice] = []
    for persona, part in avatars.items():
        if not isinstance(part, VtsAvatar):
            continue
        place = place_of(part.url)
        first = taken.setdefault(place, persona)
        if first != persona:
            params: dict[str, str | int | float] = {"first": first, "second": persona, "place": place}
            out.append(Notice("avatar.vts.one_each", params, fix="avatar.vts.one_each.fix"))
    return out

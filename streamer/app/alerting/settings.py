"""The section `alerts` of `streamer.yaml`: what is thanked, how, and what rewards ask for. docs/alerts.md."""

import difflib
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

PLACES = ("name", "count", "bits", "amount", "months", "text", "reward", "tier")
"""What a template may name in braces."""
_PLACE = re.compile(r"\{([^{}]*)\}")
_KINDS = "raid sub resub gift bits superchat sticker follow redemption"


def _known_places(text: str) -> str:
    for place in _PLACE.findall(text):
        if place not in PLACES:
            near = next(iter(difflib.get_close_matches(place.strip().lower(), PLACES, n=1, cutoff=0.4)), "")
            found = {"place": f"{{{place}}}", "known": " ".join(f"{{{each}}}" for each in PLACES)}
            raise PydanticCustomError(
                "placeholder",
                "nothing is put in the place of {place}; there are {known}",
                {**found, "nearest": f"{{{near}}}" if near else ""},
            )
    return text


Template = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_known_places)
]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Delay = Annotated[float, Field(ge=0, le=120)]
Units = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Currency = Annotated[str, StringConstraints(pattern=r"^([A-Z]{3}|other)$")]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _left_out(cls, data: Any) -> Any:
        """Keys with everything under them commented out are keys left out."""
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class AlertPart(_Group):
    """One kind of alert."""

    on: bool = True
    speak_after_s: Delay | None = None
    cooldown_s: Seconds = 0
    user_cooldown_s: Seconds = 0
    persona: str = ""
    scene: str = ""
    say: Literal["own", "exact"] = "own"
    template: Template | None = None
    templates: list[Template] = []
    held: Literal["nothing", "thank"] = "nothing"

    @property
    def written(self) -> tuple[str, ...]:
        """The templates people wrote."""
        return ((self.template,) if self.template is not None else ()) + tuple(self.templates)


class CountedPart(AlertPart):
    """`least`: raiders, gifts, bits or months."""

    least: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class MoneyPart(AlertPart):
    """`least`: units by currency, `other` for all that are not named."""

    least: dict[Currency, Units] = {}


class RewardPart(_Group):
    """What redeeming one reward leads to. `reward` is its title or its id."""

    reward: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    persona: str = ""
    topic: Template | None = None
    exact: Template | None = None
    scene: str = ""
    ignore: bool = False
    speak_after_s: Delay | None = None
    cooldown_s: Seconds = 0
    user_cooldown_s: Seconds = 0

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.ignore and (self.persona or self.topic or self.exact or self.scene):
            raise ValueError("a reward that is ignored leads to nothing: leave out persona, topic, exact and scene")
        if self.topic and self.exact:
            raise ValueError("either a topic to talk about or exact words, not both")
        return self


def folded(text: str) -> str:
    """Titles are compared without case and without runs of spaces."""
    return " ".join(text.split()).casefold()


class Alerts(_Group):
    """All of the section."""

    speak_after_s: Delay = 6
    raid: CountedPart = CountedPart(user_cooldown_s=600)
    sub: AlertPart = AlertPart()
    resub: CountedPart = CountedPart()
    gift: CountedPart = CountedPart()
    bits: CountedPart = CountedPart(user_cooldown_s=30)
    superchat: MoneyPart = MoneyPart()
    sticker: MoneyPart = MoneyPart()
    follow: AlertPart = AlertPart(on=False, user_cooldown_s=3_600)
    redemption: AlertPart = AlertPart(on=False)
    rewards: list[RewardPart] = []

    @model_validator(mode="before")
    @classmethod
    def _over_defaults(cls, data: Any) -> Any:
        """What a file says about a kind is put over that kind's own defaults, not in their place."""
        if not isinstance(data, dict):
            return data
        out = dict(data)
        for kind in _KINDS.split():
            said, default = data.get(kind), cls.model_fields[kind].default
            if isinstance(said, dict):
                out[kind] = {name: getattr(default, name) for name in default.model_fields_set} | said
        return out

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        titles = [folded(each.reward) for each in self.rewards]
        twice = next((each.reward for each in self.rewards if titles.count(folded(each.reward)) > 1), "")
        if twice:
            raise ValueError(f"the reward {twice!r} stands here twice")
        return self

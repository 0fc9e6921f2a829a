"""Which drivers a plan asks for, and how each is opened."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from streamer.adapters.avatar.vts.settings import VtsAvatar, one_each
from streamer.adapters.obs.settings import ObsPart
from streamer.app.plan import Plan
from streamer.app.settings import secret
from streamer.app.setup.secrets import name_for
from streamer.app.staging.maps import scene_places
from streamer.app.staging.tokens import TokenFile
from streamer.ports import Health, Reports, StageDriver, StageView

OBS_KEY = "SHOWRUNNER_OBS__PASSWORD"
OnMeters = Callable[[list[dict[str, Any]]], None] | None
Wanted = Mapping[str, tuple[object, Callable[[], StageDriver]]]


def keyed_obs(part: ObsPart) -> ObsPart:
    """With its password, when the settings hold none: the one that was given for this address."""
    if part.password.get_secret_value():
        return part
    found = secret(name_for(OBS_KEY, part.url)).get_secret_value()
    return part.model_copy(update={"password": SecretStr(found)}) if found else part


def open_obs(
    part: ObsPart,
    plan: Plan,
    places: Mapping[str, str],
    view: StageView,
    reports: Reports,
    state: Path,
    on_meters: OnMeters = None,
) -> StageDriver:
    """Everything the show does with OBS, on a connection of its own."""
    from streamer.adapters.obs.whole import Obs

    return Obs(part, plan.scenes, view, reports, memory=state / "obs.json", places=places, on_meters=on_meters)


def avatar_health(plan: Plan) -> list[Health]:
    """Personas that would share one avatar program: none of them but the first is driven."""
    return [Health(f"avatar.{notice.params['second']}", "broken", notice) for notice in one_each(plan.settings.avatars)]


def wanted_drivers(plan: Plan, view: StageView, reports: Reports, state: Path, on_meters: OnMeters = None) -> Wanted:
    """By name: a value that is equal as long as nothing has changed, and how to open the driver. `on_meters` gets the
    levels of OBS's inputs."""
    out: dict[str, tuple[object, Callable[[], StageDriver]]] = {}
    settings = plan.settings
    if settings.obs is not None:
        part = keyed_obs(settings.obs)
        places = scene_places(plan.scenes, plan.rundown, settings.alerts)
        key = (part, part.password.get_secret_value(), plan.scenes, tuple(places.items()), on_meters is None)
        out["obs"] = key, lambda: open_obs(part, plan, places, view, reports, state, on_meters)
    refused = {str(notice.params["second"]) for notice in one_each(settings.avatars)}
    on_stage = {each.id for each in plan.cast}
    tokens = TokenFile(state)
    for persona, avatar in settings.avatars.items():
        if persona in refused or persona not in on_stage:
            continue
        out[f"avatar.{persona}"] = avatar, _opens(persona, avatar, view, reports, tokens, state)
    return out


def _opens(
    persona: str, avatar: VtsAvatar, view: StageView, reports: Reports, tokens: TokenFile, state: Path
) -> Callable[[], StageDriver]:
    def make() -> StageDriver:
        return avatar.open()(persona, view, reports, tokens, memory=state / "avatars" / f"{persona}.json")

    return make

"""What the panel changes beside the show: set-up, characters, rehearsals. Their routes, and their beginning and end."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from streamer.app.casting.desk import CastingDesk
from streamer.app.hearing.desk import HearingDesk
from streamer.app.night.jobs import Rehearsals
from streamer.app.obs.desk import ObsDesk, ObsHouse
from streamer.app.parts import AZURE_KEY, BRAIN_KEY, ELEVENLABS_KEY, HTTP_KEY, VOICE_KEY, address_of
from streamer.app.settings import Settings
from streamer.app.setup.desk import Desk, Running
from streamer.app.setup.secrets import KEYS, name_for
from streamer.app.setup.writing import Files
from streamer.app.signin.desk import Desk as SignInDesk
from streamer.web import alerts, characters, chat, gallery, rehearsals, setup, signin, stage
from streamer.web.rest import RawRoute, Route

if TYPE_CHECKING:
    from streamer.app.house import House


class Desks:
    """Made before the web, opened when the show runs."""

    def __init__(self, house: "House", *, file: Path | None = None) -> None:
        """`file`: the settings file of `--config`."""

        async def reload() -> None:
            await house.reload()

        self._house = house
        folders = house.plan.folders
        show = Running(
            reload=reload,
            settings=lambda: house.plan.settings,
            cast=lambda: house.plan.cast,
            revision=lambda: house.revision,
            revised=house.revised,
            facts=lambda: {"overlay": house.room.sound.where == "obs"},
        )
        self.setup = Desk(folders, show, file=file)
        self.cast = CastingDesk(folders, reload, file=file)
        self.signin = SignInDesk(folders, house.chat.accounts, show.settings, reload, file=file)
        self.obs = ObsDesk(self._obs_house(), file=file)
        self.ears = HearingDesk(
            house.hearing,
            Files(folders, file),
            settings=show.settings,
            reload=reload,
            revised=house.revised,
            state=folders.state,
            log_press=lambda what, by, via: _noted(house, what, by, via),
        )
        self.nights = Rehearsals(folders, config=file, environment=lambda: keys_of_this_run(house.plan.settings))

    def _obs_house(self) -> ObsHouse:
        house = self._house

        async def reload() -> None:
            await house.reload()

        return ObsHouse(
            plan=lambda: house.plan,
            reload=reload,
            link=lambda: house.stage.obs_link,
            healths=house.stage.healths_of_obs,
            overlays=lambda: (house.web.base_url, house.grants.overlay()[1]),
            kinds=lambda: [*house.web.overlays.kinds()],
            port=lambda: house.web.port,
        )

    @property
    def routes(self) -> Sequence[Route]:
        return [
            *setup.routes(self.setup), *characters.routes(self.cast), *rehearsals.routes(self.nights),
            *alerts.routes(lambda: self._house.alerts), *chat.routes(self._house.chat.desk),
            *signin.routes(self.signin), *self.obs.routes, *gallery.routes(lambda: self._house.web.overlays),
            *stage.routes(self._house.stage.ask_again),
        ]  # fmt: skip

    @property
    def raw_routes(self) -> Sequence[RawRoute]:
        return [*characters.raw_routes(self.cast), *rehearsals.raw_routes(self.nights)]

    async def open(self) -> None:
        await self.nights.open()

    async def aclose(self) -> None:
        await self.ears.aclose()
        await self.nights.aclose()


def _noted(house: "House", what: str, by: str, via: str) -> None:
    house.panel.log(house.clock.now_ms(), what, {"by": by, "via": via})


def keys_of_this_run(settings: Settings) -> Mapping[str, str]:
    """Keys that no keyring holds, as a child of this process is told them: by the environment."""
    tts = settings.tts
    parts = [
        (BRAIN_KEY, settings.llm), (VOICE_KEY, tts.openai), (ELEVENLABS_KEY, tts.elevenlabs), (AZURE_KEY, tts.azure),
        (HTTP_KEY, tts.http),
    ]  # fmt: skip
    names = {setting: name_for(setting, address_of(part)) for setting, part in parts if part is not None}
    keys = {setting: KEYS.get(name) for setting, name in names.items() if KEYS.in_memory(name)}
    if HTTP_KEY in keys:
        keys[HTTP_KEY] = f"Bearer {keys[HTTP_KEY]}"  # the variable is the whole header
    return keys

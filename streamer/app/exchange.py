"""What a reload changes in a running house, part by part. `streamer.app.reload` decides which parts."""

from typing import TYPE_CHECKING

from streamer.app.ears import open_ingress
from streamer.app.live import rest, warmed
from streamer.app.plan import Plan
from streamer.app.speakers import speaker_of
from streamer.core.events import Event
from streamer.moderation import Rules

if TYPE_CHECKING:
    from streamer.app.house import House


class Exchange:
    """The `reload.Stage` of a house. Lines that have begun end with what they began with."""

    def __init__(self, house: "House") -> None:
        self._house = house

    def plan(self) -> Plan:
        return self._house.plan

    def over(self) -> bool:
        return self._house.closing

    def adopt(self, plan: Plan) -> None:
        self._house.plan = plan

    def emit(self, event: Event) -> None:
        self._house.inbox.emit(event)

    def change_rules(self, plan: Plan) -> None:
        house, words = self._house, plan.settings.moderation
        house.rules = Rules.standard(words.blocked, words.allowed)
        bots = plan.settings.chat.bots
        house.ingress.follow(
            open_ingress(plan.cast, house.rules, house.texts, now=lambda: house.clock.now_ns() / 1e9, bots=bots)
        )

    async def change_brain(self, plan: Plan) -> None:
        """The old model answers until the new one is awake, but no longer than a moment. A show that closes meanwhile
        gets no other."""
        house = self._house
        llm, scripted, broken = house.open_brain(plan)
        try:
            await warmed(llm)
        except BaseException:
            await llm.aclose()
            raise
        if house.closing:
            await llm.aclose()
            return
        house.is_scripted, house.broken["brain"] = scripted, broken
        house.brain.use(llm)

    def change_voices(self, plan: Plan) -> None:
        house, old = self._house, self._house.voices
        house.voices, house.broken["voices"] = house.open_voices(plan)
        house.performer.replace_voices(house.voices)
        house.start(rest(old), "close voices")

    def change_cast(self, plan: Plan) -> None:
        house = self._house
        house.scripted.recast(plan.cast)
        house.speakers = {each.id: speaker_of(each, tuple(house.voices), plan.settings.tts) for each in plan.cast}
        members = house.members()
        house.overlay.cast(members)
        house.panel.cast(members)

    async def change_chat(self, plan: Plan, *, anyway: bool) -> None:  # noqa: ARG002 - the house has it by now
        await self._house.chat.change(anyway=anyway)

    def change_rundown(self, plan: Plan) -> None:  # noqa: ARG002 - the house has it by now
        self._house.put_segments()
        self._house.announce(resumed=True)

    async def change_stage(self, plan: Plan) -> None:  # noqa: ARG002 - the house has it by now
        house = self._house
        await house.stage.change()
        await house.hearing.change()
        house.conductor.scenes = house.stage.scenes

    def changed(self, plan: Plan) -> None:
        house = self._house
        house.panel.about(title=plan.title, demo=not plan.settings.on_channel, scripted=house.is_scripted)
        house.panel.health(house.health())
        house.revised()

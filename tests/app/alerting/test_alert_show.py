"""Alerts in a whole show: real ingress, core, chain, views and scripted brain; only the voice is modelled."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streamer.core.events import LineEnded, LineStarted, Tombstoned
from streamer.ports import ChatRow, Reward, User
from streamer.web.alerts import TryOut
from streamer.web.rest import Problem
from tests.app.test_whole_show import Theatre
from tests.virtual_time import run_virtual

QUIET = "show: {idle_after_s: 0, banter_every_s: 0}\n"


def row(theatre: Theatre, kind: str, number: int, name: str = "Rae", **more: Any) -> None:
    user = User(id=name.lower(), login=name.lower(), name=name)
    at = theatre.clock.now_ns() / 1e9
    fields: dict[str, Any] = {"id": f"n{number}", "user": user, **more}
    theatre.conductor.on_row(ChatRow(at=at, platform="twitch", kind=kind, **fields))  # type: ignore[arg-type]


def said(theatre: Theatre) -> list[str]:
    """What was heard, line by line."""
    return [
        theatre.texts.get(event.heard) or ""
        for each in theatre.journal.rows
        if isinstance(event := each.event, LineEnded) and event.heard
    ]


def started(theatre: Theatre) -> list[int]:
    """When lines were first heard, in milliseconds."""
    return [each.at_ns // 1_000_000 for each in theatre.journal.rows if isinstance(each.event, LineStarted)]


EXACT = QUIET + "alerts: {raid: {say: exact, template: 'Thank you {name}, all {count} of you!', cooldown_s: 3600}}\n"


def test_a_test_raid_of_forty_is_thanked_after_six_seconds_and_a_real_one_is_not_in_its_cooldown(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        theatre = Theatre(tmp_path, EXACT)
        await asyncio.sleep(1)
        began = theatre.clock.now_ms()
        uid = theatre.alerts.try_out(TryOut(kind="raid", count=40, name="Rae"))
        (item,) = theatre.alerts.items()
        assert (item.uid, item.kind, item.name, item.count, item.state, item.test) == (
            uid, "raid", "Rae", 40, "waiting", True,
        )  # fmt: skip
        alert = theatre.hub.snapshot("overlay")["stage"]["alert"]
        assert (alert["kind"], alert["test"]) == ("raid", True)
        await asyncio.sleep(30)
        assert said(theatre) == ["Thank you Rae, all 40 of you!"]
        assert 6_000 <= started(theatre)[0] - began < 7_000
        assert theatre.alerts.items()[0].state == "answered"
        show = theatre.inbox.show
        assert (show.alerted, show.spoken, show.heard, show.answered_ms, show.viewers) == ({}, {}, (), (), {})

        row(theatre, "raid", 1, "Ray", count=7)
        await asyncio.sleep(30)
        assert said(theatre)[1:] == ["Thank you Ray, all 7 of you!"]
        row(theatre, "raid", 2, "Roy", count=90)
        await asyncio.sleep(30)
        assert len(said(theatre)) == 2
        newest = theatre.alerts.items()[0]
        assert (newest.state, newest.reason, newest.test) == ("unanswered", "cooldown", False)

        assert theatre.alerts.replay(newest.uid, by="owner:1", via="panel") == "done"
        assert theatre.alerts.replay(newest.uid, by="owner:1", via="panel") == "already"
        await asyncio.sleep(30)
        assert said(theatre)[2:] == ["Thank you Roy, all 90 of you!"]
        assert theatre.alerts.items()[0].state == "answered"
        assert theatre.hub.snapshot("overlay")["stage"]["alert"]["n"] == 4
        await theatre.close()

    run_virtual(main())


def test_a_storm_of_gifts_is_one_thank_you_in_words_and_in_the_list(tmp_path: Path) -> None:
    settings = QUIET + "alerts: {gift: {say: exact, template: '{name} gave {count}.'}}\n"

    async def main() -> None:
        theatre = Theatre(tmp_path, settings)
        for number in range(8):
            row(theatre, "gift_batch", number, "Gil", count=1)
            await asyncio.sleep(1)
        first = theatre.alerts.items()[0]
        assert (first.state, first.reason) == ("waiting", "merged")
        await asyncio.sleep(30)
        assert said(theatre) == ["Gil gave 8."]
        items = theatre.alerts.items()
        assert {item.state for item in items} == {"answered"}
        assert items[-1].count == 8
        await theatre.close()

    run_virtual(main())


def test_who_is_banned_while_the_thank_you_waits_is_erased_with_it(tmp_path: Path) -> None:
    async def main() -> None:
        theatre = Theatre(tmp_path, EXACT)
        row(theatre, "raid", 1, "Eve", count=50)
        assert theatre.texts.get("a:twitch:n1")
        row(theatre, "clear_user", 2, target="eve")
        assert theatre.texts.get("a:twitch:n1") is None
        await asyncio.sleep(30)
        assert said(theatre) == []
        (item,) = theatre.alerts.items()
        assert (item.name, item.state, item.reason, item.can_replay) == ("", "unanswered", "taken_back", False)
        with pytest.raises(Problem) as refused:
            theatre.alerts.replay(item.uid, by="owner:1", via="panel")
        assert refused.value.status == 410
        await theatre.close()

    run_virtual(main())


def test_a_deleted_message_takes_its_alert_along(tmp_path: Path) -> None:
    async def main() -> None:
        theatre = Theatre(tmp_path, QUIET + "alerts: {bits: {say: exact, template: '{name} says {text}'}}\n")
        row(theatre, "cheer", 1, "Ana", bits=100, text="hello everybody")
        assert theatre.texts.get("a:twitch:n1") == "Ana says hello everybody"
        row(theatre, "delete_message", 2, target="n1")
        assert theatre.texts.get("a:twitch:n1") is None
        assert isinstance(theatre.journal.rows[-1].event, Tombstoned)
        await asyncio.sleep(20)
        assert said(theatre) == []
        await theatre.close()

    run_virtual(main())


@pytest.mark.parametrize("held", ["nothing", "thank"])
def test_money_never_buys_words_past_moderation(tmp_path: Path, held: str) -> None:
    templates = "['{name} says {text}', 'Thanks, {name}!']"
    settings = QUIET + f"alerts: {{superchat: {{say: exact, templates: {templates}, held: {held}}}}}\n"

    async def main() -> None:
        theatre = Theatre(tmp_path, settings)
        row(theatre, "superchat", 1, "Ana", text="kill yourself")
        row(theatre, "superchat", 2, "Ben", text="i want to die")
        row(theatre, "superchat", 3, "Cleo", text="call me +1 555 123 4567")
        await asyncio.sleep(120)
        heard, shown = " ".join(said(theatre)), str(theatre.hub.snapshot("overlay"))
        assert not [word for word in ("kill", "die", "555") if word in heard or word in shown]
        assert "Ana" not in heard  # what is dropped is not thanked by any rule
        assert "Cleo" in heard  # what was replaced is thanked with what is left of it
        assert ("Thanks, Ben!" in heard) is (held == "thank")
        ends = {item.name: (item.state, item.reason) for item in theatre.alerts.items()}
        assert ends["Ana"] == ("unanswered", "blocked")
        assert ends["Ben"] == (("answered", "") if held == "thank" else ("unanswered", "held"))
        with pytest.raises(Problem) as refused:
            theatre.alerts.replay("twitch:n1", by="owner:1", via="panel")
        assert refused.value.code == "not_allowed"
        await theatre.close()

    run_virtual(main())


def test_a_reward_makes_its_persona_speak_also_without_words(tmp_path: Path) -> None:
    settings = QUIET + (
        "alerts:\n  speak_after_s: 0\n  rewards:\n"
        "    - {reward: Ask Juno, persona: juno}\n"
        "    - {reward: Hydrate, exact: 'Water for everybody, says {name}!', persona: mika, scene: kitchen}\n"
        "    - {reward: Nothing, ignore: true}\n"
    )

    async def main() -> None:
        theatre = Theatre(tmp_path, settings)
        row(theatre, "redemption", 1, "Ana", reward=Reward("r1", "ask  juno"))
        await asyncio.sleep(20)
        row(theatre, "redemption", 2, "Ben", reward=Reward("r2", "Hydrate"))
        await asyncio.sleep(20)
        row(theatre, "redemption", 3, "Cleo", reward=Reward("r3", "Nothing"), text="Mika do you hear me?")
        await asyncio.sleep(20)
        heard = said(theatre)
        assert len(heard) == 2
        assert heard[1] == "Water for everybody, says Ben!"
        assert theatre.inbox.show.scene == "kitchen"
        assert [(each.persona, each.kind) for each in theatre.inbox.show.heard if each.kind == "paid"] == [
            ("juno", "paid"), ("mika", "paid"),
        ]  # fmt: skip
        assert theatre.alerts.items()[0].reason == "off"
        await theatre.close()

    run_virtual(main())


def test_names_are_made_speakable_and_hostile_ones_are_not_said(tmp_path: Path) -> None:
    async def main() -> None:
        theatre = Theatre(
            tmp_path, QUIET + "alerts: {raid: {say: exact, template: 'Thanks, {name}!', user_cooldown_s: 0}}\n"
        )
        row(theatre, "raid", 1, "xX_D4rkL0rd_Xx", count=5)
        await asyncio.sleep(20)
        row(theatre, "raid", 2, "hitler_was_right", count=5)
        await asyncio.sleep(20)
        heard = said(theatre)
        assert heard[0] == "Thanks, Darklord!" or "xX" not in heard[0]
        assert "hitler" not in " ".join(heard).lower()
        await theatre.close()

    run_virtual(main())


def test_of_a_reward_that_is_ignored_the_audience_sees_nothing_and_a_follow_moves_nobody(tmp_path: Path) -> None:
    async def main() -> None:
        theatre = Theatre(tmp_path, QUIET + "alerts: {rewards: [{reward: Highlight, ignore: true}]}\n")
        await asyncio.sleep(1)
        row(theatre, "redemption", 1, text="look at me", reward=Reward("r1", "Highlight"))
        row(theatre, "follow", 2, name="Fay")
        await asyncio.sleep(1)
        overlay = theatre.hub.snapshot("overlay")
        assert overlay["chat"] == {}
        assert overlay["stage"]["alert"] is None
        assert overlay["alerts"] == {}
        assert len(theatre.hub.snapshot("panel")["events"]) == 2  # operators see all there is

    run_virtual(main())

"""Scenes: what is thanked, when, by whom, and what moderation and moderators have to say about it."""

from typing import Any

import pytest

from streamer.core.commands import Cut, Drop, Prepare, TakeScene, Withdraw
from streamer.core.events import (
    AlertReplayed,
    ChatReceived,
    DialSet,
    Features,
    HostSpeechConfirmed,
    HostSpoke,
    LineEnded,
    Money,
    PausePressed,
    StopPressed,
    Tombstoned,
)
from streamer.core.settings import AlertRule, ShowSettings
from streamer.core.verdict import Verdict
from tests.core.scene import CAST, Scene, aired, of, prepared

AFTER = 6_000


def rules(**more: Any) -> ShowSettings:
    """Rules as the shell makes them, six seconds for the alert's own sound."""
    kinds = ("raid", "member_new", "resub", "gift_batch", "cheer", "superchat", "redemption")
    table = {kind: AlertRule(speak_after_ms=AFTER) for kind in kinds}
    return ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600, alerts={**table, **more})


def raid(scene: Scene, user: str = "rae", count: int = 40, **more: Any) -> list[Any]:
    return scene.chat(user, kind="raid", count=count, text="", words=0, **more)


def gift(scene: Scene, user: str = "gil", count: int = 1, **more: Any) -> list[Any]:
    return scene.chat(user, kind="gift_batch", count=count, text="", words=0, **more)


def drops(commands: list[Any]) -> list[tuple[str, str]]:
    return [(each.uid, each.reason) for each in of(Drop, commands)]


# --- when -------------------------------------------------------------------------------------------------------------


def test_the_thank_you_comes_when_the_alerts_own_sound_has_ended() -> None:
    scene = Scene(rules())
    assert raid(scene, alert="a:t:2") == []
    line = prepared(scene.wait(AFTER))
    assert (line.why, line.kind, line.prompt, line.test) == ("raid", "paid", "a:t:2", False)
    scene = Scene(rules())
    raid(scene)
    line = prepared(scene.wait(2_000))
    scene.ready(line.line)
    assert aired(scene.wait(4_000)).not_before_ms == AFTER


def test_without_rules_an_alert_is_thanked_at_once() -> None:
    scene = Scene()
    line = prepared(raid(scene))
    assert aired(scene.ready(line.line)).not_before_ms == 0


def test_nobody_begins_to_speak_into_the_sound_of_an_alert() -> None:
    scene = Scene(rules())
    raid(scene)
    assert scene.chat("ana", to=["mika"]) == []
    line = prepared(scene.wait(AFTER))
    assert line.why == "raid"
    assert prepared(scene.speak(line.line)).why == "named"


def test_an_alert_that_is_spoken_much_later_keeps_nobody_waiting() -> None:
    scene = Scene(rules(raid=AlertRule(speak_after_ms=60_000)))
    raid(scene)
    line = prepared(scene.chat("ana", to=["mika"]))
    assert line.why == "named"
    scene.speak(line.line)
    thanks = prepared(scene.wait(60_000))
    assert thanks.why == "raid"
    scene.ready(thanks.line)
    assert scene.show.next is None or scene.show.next.request.ready_ms == 60_000


def test_the_host_does_not_wait_for_an_alert() -> None:
    scene = Scene(rules())
    raid(scene)
    assert prepared(scene.feed(HostSpoke("h:1", "m:h:1", Features(addressed=("mika",))))).kind == "host"


def test_moderators_have_their_time_where_that_is_longer() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, read_delay_ms=9_000, alerts=rules().alerts))
    scene.chat("ana", kind="cheer", bits=100)
    line = prepared(scene.wait(9_000))
    scene.ready(line.line)
    scene.wait(1_000)
    assert scene.show.air is not None
    assert scene.show.air.aired_ms == 9_000


# --- what is thanked --------------------------------------------------------------------------------------------------


def test_below_the_least_there_is_no_alert() -> None:
    scene = Scene(rules(raid=AlertRule(least=5), cheer=AlertRule(least=100)))
    assert drops(raid(scene, count=4, uid="t:few")) == [("t:few", "least")]
    assert prepared(raid(scene, count=5)).why == "raid"
    assert drops(scene.chat("ana", kind="cheer", bits=99, uid="t:99")) == [("t:99", "least")]


def test_money_is_measured_in_its_currency() -> None:
    rule = AlertRule(least_micros={"USD": 2_000_000, "JPY": 200_000_000, "other": 5_000_000})
    for micros, currency, thanked in (
        (1_990_000, "USD", False), (2_000_000, "USD", True), (199_000_000, "JPY", False), (200_000_000, "JPY", True),
        (4_000_000, "EUR", False), (5_000_000, "EUR", True), (5_000_000, "", True),
    ):  # fmt: skip
        scene = Scene(rules(superchat=rule))
        out = scene.chat("ana", kind="superchat", amount=Money(micros, currency), text="", words=0)
        assert bool(of(Prepare, out)) is thanked, (micros, currency)


def test_an_amount_that_could_not_be_read_is_thanked() -> None:
    scene = Scene(rules(superchat=AlertRule(least_micros={"other": 5_000_000})))
    assert prepared(scene.chat("ana", kind="superchat")).why == "paid"


def test_what_is_not_thanked_is_still_a_message() -> None:
    scene = Scene(rules(cheer=AlertRule(least=100)))
    line = prepared(scene.chat("ana", kind="cheer", bits=1, to=["mika"], uid="t:1"))
    assert (line.kind, line.why, line.answers) == ("answer", "named", ("t:1",))


def test_switched_off_means_off_and_silence_about_it() -> None:
    scene = Scene(rules(raid=AlertRule(on=False), follow=AlertRule(on=False)))
    assert raid(scene) == []
    assert scene.chat("fay", kind="follow", text="", words=0) == []
    assert scene.chat("gus", kind="gift_received", text="", words=0) == []
    assert scene.show.requests == ()


def test_a_follow_is_thanked_where_somebody_wants_that() -> None:
    scene = Scene(rules(follow=AlertRule()))
    assert prepared(scene.chat("fay", kind="follow", text="", words=0)).why == "follow"


def test_only_when_named_means_alerts_too() -> None:
    scene = Scene(rules(**{"reward:x": AlertRule(persona="juno")}))
    scene.feed(DialSet(dial="named"))
    assert raid(scene) == []
    scene.chat("ana", kind="superchat", to=["mika"], uid="t:1")
    assert scene.show.requests[0].uid == "t:1"
    scene.chat("ben", kind="redemption", rule="reward:x", uid="t:2")
    assert scene.show.requests[1].persona == "juno"  # who redeems a reward of hers has called her


# --- cooldowns --------------------------------------------------------------------------------------------------------


def test_after_a_thank_you_the_next_ones_of_its_kind_stay_without() -> None:
    scene = Scene(rules(raid=AlertRule(cooldown_ms=60_000)))
    scene.speak(prepared(raid(scene, "rae")).line)
    assert drops(raid(scene, "ray", uid="t:2nd")) == [("t:2nd", "cooldown")]
    scene.wait(60_000)
    assert prepared(raid(scene, "ray")).why == "raid"


def test_who_raids_and_leaves_and_raids_again_is_thanked_once() -> None:
    scene = Scene(rules(raid=AlertRule(user_cooldown_ms=600_000)))
    scene.speak(prepared(raid(scene, "rae", 10)).line)
    assert drops(raid(scene, "rae", 500, uid="t:again")) == [("t:again", "cooldown")]
    assert prepared(raid(scene, "ray", 2)).why == "raid"


def test_who_gives_more_than_before_is_thanked_again() -> None:
    scene = Scene(rules(cheer=AlertRule(user_cooldown_ms=60_000)))
    scene.speak(prepared(scene.chat("ana", kind="cheer", bits=5)).line)
    assert drops(scene.chat("ana", kind="cheer", bits=1, uid="t:1")) == [("t:1", "cooldown")]
    assert prepared(scene.chat("ana", kind="cheer", bits=1_000)).why == "paid"


def test_two_currencies_are_not_compared() -> None:
    scene = Scene(rules(superchat=AlertRule(user_cooldown_ms=60_000)))
    scene.speak(prepared(scene.chat("ana", kind="superchat", amount=Money(900_000_000, "JPY"))).line)
    assert prepared(scene.chat("ana", kind="superchat", amount=Money(50_000_000, "USD"))).why == "paid"


def test_what_is_remembered_is_bounded() -> None:
    scene = Scene(rules(raid=AlertRule(user_cooldown_ms=10**9), gift_batch=AlertRule(least=10**6)))
    for n in range(1_200):
        raid(scene, f"r{n}")
        gift(scene, f"g{n}")
    assert len(scene.show.alerted) == 500
    assert len(scene.show.gifts) == 500
    assert "raid//t:r1199" in scene.show.alerted


# --- storms -----------------------------------------------------------------------------------------------------------


def test_a_storm_of_single_gifts_is_one_thank_you() -> None:
    scene = Scene(rules())
    for n in range(7):
        gift(scene, uid=f"t:g{n}")
        scene.wait(1_000)
    line = prepared(scene.wait(AFTER))
    assert (line.count, line.answers, line.why) == (7, ("t:g0",), "gift_batch")
    scene.speak(line.line)
    assert of(Prepare, scene.wait(60_000)) == []


def test_a_gift_that_comes_while_the_thank_you_is_made_is_in_it() -> None:
    scene = Scene(rules())
    gift(scene, count=5)
    first = prepared(scene.wait(3_000))
    assert first.count == 5
    out = gift(scene, count=3, uid="t:more")
    assert [each.line for each in of(Withdraw, out)] == [first.line]
    assert drops(out) == [("t:more", "merged")]
    assert prepared(scene.wait(AFTER)).count == 8


def test_a_storm_without_an_end_is_thanked_all_the_same() -> None:
    scene = Scene(rules())
    lines: list[Prepare] = []
    for n in range(60):
        for line in of(Prepare, gift(scene, uid=f"t:g{n}") + scene.wait(1_000)):
            lines.append(line)
            scene.ready(line.line)
        if scene.show.air is not None:
            break
    assert scene.show.air is not None
    assert scene.now_ms <= 27_000
    assert scene.show.air.request.count >= 18


def test_gifts_of_two_people_are_two_thank_yous() -> None:
    scene = Scene(rules())
    gift(scene, "gil", 5)
    gift(scene, "gus", 5)
    first = prepared(scene.wait(AFTER))
    assert prepared(scene.speak(first.line)).answers != first.answers


def test_single_gifts_are_added_up_to_the_least() -> None:
    scene = Scene(rules(gift_batch=AlertRule(least=3)))
    assert drops(gift(scene, uid="t:1")) == [("t:1", "least")]
    scene.wait(2_000)
    assert drops(gift(scene, uid="t:2")) == [("t:2", "least")]
    scene.wait(2_000)
    assert prepared(gift(scene, uid="t:3")).count == 3
    assert scene.show.gifts == {}
    scene = Scene(rules(gift_batch=AlertRule(least=3)))
    for _ in range(5):
        assert of(Prepare, gift(scene)) == []
        scene.wait(25_000)


def test_the_same_raid_told_twice_is_one_thank_you_of_the_greater_number() -> None:
    scene = Scene(rules())
    raid(scene, count=38)
    raid(scene, count=40)
    assert prepared(scene.wait(AFTER)).count == 40
    assert scene.show.requests == ()


# --- who and where ----------------------------------------------------------------------------------------------------


def test_the_rule_names_the_persona_but_a_viewer_who_calls_another_is_heard() -> None:
    scene = Scene(rules(superchat=AlertRule(persona="juno")))
    line = prepared(scene.chat("ana", kind="superchat"))
    assert line.persona == "juno"
    assert prepared(scene.speak(line.line) + scene.chat("ben", kind="superchat", to=["mika"])).persona == "mika"


def test_a_rule_for_somebody_who_is_not_on_stage_is_taken_by_whoever_is() -> None:
    scene = Scene(rules(raid=AlertRule(persona="rei")))
    assert prepared(raid(scene)).persona in {member.id for member in CAST}


def test_the_scene_is_taken_when_the_line_gets_the_floor() -> None:
    scene = Scene(rules(raid=AlertRule(scene="party")))
    line = prepared(raid(scene))
    assert scene.show.scene == ""
    out = scene.ready(line.line)
    assert of(TakeScene, out) == [TakeScene(cause=scene.show.seq, scene="party", reason="alert")]
    assert scene.show.scene == "party"


def test_a_reward_addresses_a_persona_also_without_words() -> None:
    scene = Scene(rules(**{"reward:ask": AlertRule(persona="juno", scene="desk")}))
    line = prepared(scene.chat("ana", kind="redemption", rule="reward:ask", text="", words=0, uid="t:1", alert="a:t:1"))
    assert (line.persona, line.why, line.prompt) == ("juno", "redemption", "a:t:1")


def test_the_reward_that_was_bought_says_who_answers() -> None:
    scene = Scene(rules(**{"reward:ask": AlertRule(persona="juno")}))
    assert prepared(scene.chat("ana", kind="redemption", rule="reward:ask", to=["mika"])).persona == "juno"


def test_a_reward_to_be_ignored_is_not_even_a_message() -> None:
    scene = Scene(rules(**{"reward:water": AlertRule(on=False)}))
    assert scene.chat("ana", kind="redemption", rule="reward:water", to=["mika"]) == []
    assert scene.show.recent == ()


def test_a_reward_without_a_rule_is_a_message_while_redemptions_are_off() -> None:
    scene = Scene(rules(redemption=AlertRule(on=False)))
    assert scene.chat("ana", kind="redemption", text="", words=0) == []
    assert prepared(scene.chat("ben", kind="redemption", to=["mika"])).why == "named"


def test_money_goes_before_rewards_and_both_before_names() -> None:
    scene = Scene(rules(superchat=AlertRule(), **{"reward:x": AlertRule()}))
    line = prepared(scene.chat("zoe", question=True)).line
    scene.chat("ana", to=["mika"], uid="t:n")
    scene.chat("ben", kind="redemption", rule="reward:x", uid="t:r")
    scene.chat("cleo", kind="superchat", uid="t:p")
    order: list[str] = []
    for _ in range(3):
        (following,) = of(Prepare, scene.speak(line))
        order.append(following.answers[0])
        line = following.line
    assert order == ["t:p", "t:r", "t:n"]


def test_exact_words_need_words() -> None:
    scene = Scene(rules(raid=AlertRule(exact=True)))
    assert prepared(raid(scene)).exact is False
    scene = Scene(rules(raid=AlertRule(exact=True)))
    assert prepared(raid(scene, alert="a:t:1")).exact is True


# --- moderation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cheer", "superchat", "resub", "redemption"])
@pytest.mark.parametrize("action", ["hold", "drop"])
def test_money_never_buys_past_moderation(kind: str, action: Any) -> None:
    scene = Scene(rules(**{kind: AlertRule()}))
    assert scene.chat("eve", kind=kind, bits=10_000, to=["mika"], verdict=Verdict(action, "slur")) == []
    assert scene.show.requests == ()
    assert scene.show.recent == ()
    assert scene.show.alerted == {}


def test_what_is_replaced_is_thanked_with_what_is_left_of_it() -> None:
    scene = Scene(rules(superchat=AlertRule()))
    line = prepared(scene.chat("ana", kind="superchat", verdict=Verdict("replace", "blocked", (0, 3))))
    assert line.wordless is False


def test_a_rule_may_thank_without_the_words_that_are_held() -> None:
    scene = Scene(rules(superchat=AlertRule(held=True)))
    line = prepared(scene.chat("ana", kind="superchat", verdict=Verdict("hold", "links")))
    assert line.wordless is True
    assert scene.show.recent == ()  # nor does anybody else see them
    assert scene.chat("eve", kind="superchat", verdict=Verdict("drop", "slur")) == []  # what is dropped buys nothing


def test_below_the_least_held_words_are_no_message() -> None:
    scene = Scene(rules(cheer=AlertRule(least=100, held=True)))
    assert scene.chat("eve", kind="cheer", bits=1, to=["mika"], verdict=Verdict("hold", "links")) == []


@pytest.mark.parametrize("stone", [Tombstoned("message", "t:1"), Tombstoned("user", "t:rae"), Tombstoned("room", "t")])
def test_a_raider_who_is_banned_is_not_thanked(stone: Tombstoned) -> None:
    scene = Scene(rules())
    raid(scene, uid="t:1")
    assert drops(scene.feed(stone)) == [("t:1", "taken_back")]
    assert of(Prepare, scene.wait(60_000)) == []
    scene = Scene(rules())
    raid(scene, uid="t:1")
    line = prepared(scene.wait(AFTER)).line
    scene.ready(line)
    scene.started(line)
    assert [each.line for each in of(Cut, scene.feed(stone))] == [line]


# --- once more --------------------------------------------------------------------------------------------------------


def again(scene: Scene, **more: Any) -> list[Any]:
    fields = {"uid": "t:1", "user": "t:rae", "platform": "t", "kind": "raid", "count": 40, **more}
    return scene.feed(AlertReplayed(chat=ChatReceived(**fields), by="owner:1", via="panel"))


def test_a_replay_asks_for_no_least_no_cooldown_and_no_dial() -> None:
    rule = AlertRule(least=100, cooldown_ms=10**6, user_cooldown_ms=10**6)
    scene = Scene(rules(raid=rule))
    scene.speak(prepared(raid(scene, count=200, uid="t:1")).line)
    scene.feed(DialSet(dial="named"))
    before = scene.show
    line = prepared(again(scene))
    assert (line.answers, line.why, line.count) == (("t:1",), "raid", 40)
    scene.speak(line.line)
    after = scene.show
    assert (after.alerted, after.gifts, after.viewers, after.answered_ms) == (
        before.alerted, before.gifts, before.viewers, before.answered_ms,
    )  # fmt: skip


def test_a_replay_waits_for_the_alerts_sound_too_and_is_not_asked_for_twice() -> None:
    scene = Scene(rules())
    assert again(scene) == []
    assert again(scene) == []
    assert len(scene.show.requests) == 1
    assert prepared(scene.wait(AFTER)).answers == ("t:1",)
    assert again(scene) == []


def test_what_was_taken_back_or_stopped_is_not_replayed() -> None:
    scene = Scene(rules(raid=AlertRule()))
    scene.feed(Tombstoned("message", "t:1"))
    assert again(scene) == []
    assert again(scene, uid="t:2", verdict=Verdict("hold", "links")) == []
    scene.feed(StopPressed())
    assert again(scene, uid="t:3") == []
    scene = Scene(rules(raid=AlertRule()))
    scene.feed(PausePressed())
    again(scene)
    assert len(scene.show.requests) == 1


# --- tests ------------------------------------------------------------------------------------------------------------


def test_a_test_goes_the_whole_way_past_leasts_and_cooldowns_and_leaves_none() -> None:
    rule = AlertRule(least=100, cooldown_ms=10**6, user_cooldown_ms=10**6, speak_after_ms=AFTER)
    scene = Scene(rules(raid=rule))
    raid(scene, "test", 40, test=True, uid="t:try")
    line = prepared(scene.wait(AFTER))
    assert (line.test, line.why) == (True, "raid")
    scene.speak(line.line)
    assert scene.show.alerted == {}
    assert scene.show.spoken == {}
    assert scene.show.heard == ()
    assert scene.show.viewers == {}
    assert scene.show.answered_ms == ()
    assert scene.show.last_persona == ""
    raid(scene, "rae", 200)
    assert prepared(scene.wait(AFTER)).test is False


def test_a_test_shows_what_is_off_and_what_the_dial_holds_back() -> None:
    scene = Scene(rules(raid=AlertRule(on=False)))
    assert raid(scene, test=True) == []
    scene = Scene(rules(raid=AlertRule()))
    scene.feed(DialSet(dial="named"))
    assert raid(scene, test=True) == []


def test_tests_take_nobodys_place() -> None:
    settings = ShowSettings(idle_after_ms=0, queue_max=3, per_viewer_max=2, alerts=rules().alerts)
    scene = Scene(settings)
    scene.feed(PausePressed())
    for n in range(3):
        scene.chat(f"v{n}", to=["mika"])
    for n in range(30):
        raid(scene, f"x{n}", test=True)
    assert [r.test for r in scene.show.requests].count(False) == 3
    assert [r.test for r in scene.show.requests].count(True) == 20
    out = scene.chat("late", to=["mika"])
    assert [each.reason for each in of(Drop, out)] == ["crowded"]


def test_a_test_message_is_answered_and_is_no_context() -> None:
    scene = Scene(rules())
    line = prepared(scene.chat("test", to=["mika"], test=True))
    assert line.test is True
    assert scene.show.recent == ()


def test_a_test_that_is_cut_off_by_the_host_makes_nobody_huff() -> None:
    scene = Scene(rules(raid=AlertRule()))
    line = prepared(raid(scene, test=True)).line
    scene.ready(line)
    scene.wait(400)
    scene.started(line)
    scene.feed(HostSpeechConfirmed())
    scene.feed(LineEnded(line=line, outcome="cut", heard_ms=500, heard=f"l:{line}", reason="host"))
    assert scene.show.cut_off == ""


def test_two_of_whom_nothing_is_known_are_no_one_person() -> None:
    scene = Scene(rules(cheer=AlertRule(user_cooldown_ms=30_000, speak_after_ms=AFTER)))
    gift(scene, "", 3)
    gift(scene, "", 4)
    assert [request.count for request in scene.show.requests] == [3, 4]
    assert scene.chat("", kind="cheer", bits=100, text="", words=0) == []
    assert scene.chat("", kind="cheer", bits=100, text="", words=0) == []
    assert [request.why for request in scene.show.requests[2:]] == ["paid", "paid"]

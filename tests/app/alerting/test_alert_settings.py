"""What people set about alerts, and the rules of the core that follow."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from streamer.app.alerting.rules import KINDS, core_rules, find_reward, part_of, reward_key, strangers
from streamer.app.alerting.settings import Alerts
from streamer.app.plan import read_plan
from streamer.app.yamlfile import BadFiles, Problem
from streamer.core.settings import AlertRule
from streamer.ports import Reward
from tests.app.kit import folders, plan, put


def alerts(**fields: object) -> Alerts:
    return Alerts.model_validate(fields)


def bad(tmp_path: Path, own: str) -> list[Problem]:
    where = folders(tmp_path)
    put(where.home, "config/streamer.yaml", own)
    with pytest.raises(BadFiles) as caught:
        read_plan(where)
    return caught.value.problems


def test_as_shipped_everything_is_thanked_but_follows_and_unlisted_rewards() -> None:
    rules = core_rules(Alerts())
    assert {kind for kind, rule in rules.items() if not rule.on} == {"follow", "redemption"}
    assert {rule.speak_after_ms for rule in rules.values()} == {6_000}
    assert rules["raid"].user_cooldown_ms == 600_000
    assert set(rules) == {kind for kinds in KINDS.values() for kind in kinds}


def test_the_shipped_file_says_the_same_as_the_defaults(tmp_path: Path) -> None:
    assert plan(tmp_path).rules.alerts == core_rules(Alerts())


def test_a_file_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    said = "alerts:\n  speak_after_s: 2\n  raid: {least: 5}\n  follow: {on: true}\n  sub:\n  bits: {speak_after_s: 0}\n"
    rules = plan(tmp_path, said).rules.alerts
    assert rules["raid"] == AlertRule(least=5, user_cooldown_ms=600_000, speak_after_ms=2_000)
    assert rules["follow"] == AlertRule(user_cooldown_ms=3_600_000, speak_after_ms=2_000)
    assert rules["cheer"].speak_after_ms == 0
    assert rules["milestone"] == rules["resub"]


def test_without_the_shipped_file_a_kind_keeps_its_own_defaults() -> None:
    assert core_rules(alerts(raid={"least": 5}))["raid"].user_cooldown_ms == 600_000
    assert core_rules(alerts(raid={"user_cooldown_s": 0}))["raid"].user_cooldown_ms == 0


def test_money_is_millionths_in_the_core() -> None:
    rule = core_rules(alerts(superchat={"least": {"USD": 1.1, "JPY": 200, "other": 2}}))["superchat"]
    assert rule.least_micros == {"USD": 1_100_000, "JPY": 200_000_000, "other": 2_000_000}
    for wrong in ({"usd": 2}, {"USD": -1}, {"USD": "much"}, {"USD": float("inf")}):
        with pytest.raises(ValidationError):
            alerts(superchat={"least": wrong})


@pytest.mark.parametrize(
    ("yaml", "line", "where", "nearest"),
    [
        ("alerts:\n  raid:\n    least: 2\n    template: 'Thanks {nmae}!'\n", 4, "alerts.raid.template", "{name}"),
        ("alerts:\n  gift:\n    templates:\n      - 'a'\n      - '{cuont}'\n", 5, "alerts.gift.templates.1", "{count}"),
        ("alerts:\n  rewards:\n    - reward: x\n      topic: '{Text}'\n", 4, "alerts.rewards.0.topic", "{text}"),
        ("alerts:\n  rades: {least: 2}\n", 2, "alerts.rades", "raid"),
        ("alerts:\n  raid: {lest: 2}\n", 2, "alerts.raid.lest", "least"),
        ("alerts:\n  raid: {say: exactly}\n", 2, "alerts.raid.say", "exact"),
    ],
)
def test_slips_are_named_with_line_and_nearest(tmp_path: Path, yaml: str, line: int, where: str, nearest: str) -> None:
    (problem,) = bad(tmp_path, yaml)
    assert (problem.line, problem.where, problem.nearest) == (line, where, nearest)


def test_an_unknown_place_says_which_there_are(tmp_path: Path) -> None:
    (problem,) = bad(tmp_path, "alerts: {raid: {template: '{xyzzy}'}}\n")
    assert "{xyzzy}" in problem.message
    assert "{months}" in problem.message


@pytest.mark.parametrize(
    "reward",
    [
        {"reward": "x", "ignore": True, "persona": "mika"}, {"reward": "x", "topic": "a", "exact": "b"},
        {"reward": " "}, {"persona": "mika"},
    ],
)  # fmt: skip
def test_a_reward_says_one_thing(reward: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        alerts(rewards=[reward])


def test_a_reward_stands_in_the_list_once() -> None:
    with pytest.raises(ValidationError, match="twice"):
        alerts(rewards=[{"reward": "Ask Mika"}, {"reward": "ask  mika"}])


def test_rewards_are_found_by_id_or_title() -> None:
    found = alerts(rewards=[{"reward": "Ask Mika", "persona": "mika"}, {"reward": "92af-1", "ignore": True}])
    ask, ignored = found.rewards
    assert find_reward(found, Reward("r1", " ASK   mika ")) is ask
    assert find_reward(found, Reward("92AF-1", "Ask Mika")) is ignored
    assert find_reward(found, Reward("r2", "Ask Juno")) is None
    assert find_reward(found, None) is None
    rules = core_rules(found)
    assert rules[reward_key(ask)].persona == "mika"
    assert rules[reward_key(ignored)].on is False
    assert "mika" not in reward_key(ask)  # no words in the journal


def test_characters_nobody_knows_are_named(tmp_path: Path) -> None:
    yaml = "alerts:\n  raid: {persona: mikka}\n  rewards:\n    - {reward: x, persona: nobody}\n"
    assert [(problem.where, "no character" in problem.message) for problem in bad(tmp_path, yaml)] == [
        ("alerts.raid.persona", True), ("alerts.rewards.0.persona", True),
    ]  # fmt: skip
    assert strangers(alerts(raid={"persona": "mika"}), {"mika"}) == []


def test_every_kind_has_its_part() -> None:
    for kinds in KINDS.values():
        for kind in kinds:
            assert part_of(Alerts(), kind) is not None
    assert part_of(Alerts(), "gift_received") is None

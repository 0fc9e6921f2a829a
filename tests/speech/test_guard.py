"""The last look before a clause is spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.core.verdict import ALLOW, Action, Verdict
from streamer.speech.guard import Guard, Judged


def judge_of(**rules: Action):
    def judge(text: str) -> Verdict:
        for phrase, action in rules.items():
            words = phrase.replace("_", " ")
            at = " ".join(text.lower().split()).find(words)
            if at >= 0:
                return Verdict(action, words, (at, at + len(words)))
        return ALLOW

    return judge


def test_what_each_verdict_does():
    guard = Guard(judge_of(bad="replace", odd="hold", evil="drop"))
    assert guard.check("All good.") == Judged("speak", "All good.")
    assert guard.check("A bad word.") == Judged("speak", "A … word.", "bad")
    assert guard.check("An odd word.") == Judged("skip", rule="odd")
    assert guard.check("An evil word.") == Judged("end", rule="evil")


def test_every_hit_is_masked():
    assert Guard(judge_of(bad="replace")).check("bad and bad").text == "… and …"
    assert Guard(judge_of(bad="replace")).check("bad").ruling == "skip"


@pytest.mark.parametrize("action", ["replace", "hold", "drop"])
def test_a_phrase_over_two_clauses_is_not_completed(action: Action):
    guard = Guard(judge_of(poison_apple=action))
    assert guard.check("Give me the poison").ruling == "speak"
    second = guard.check("apple from the table.")
    assert "apple" not in second.text
    assert second.rule == "poison apple"


def test_a_phrase_over_three_clauses():
    guard = Guard(judge_of(one_two_three="drop"))
    assert [guard.check(part).ruling for part in ("one", "two", "three")] == ["speak", "speak", "end"]


def test_joined_clauses_are_judged_without_a_space():
    assert Guard(judge_of(毒林檎="drop")).check("林檎", joined=True).ruling == "speak"
    guard = Guard(judge_of(毒林檎="drop"))
    guard.check("これは毒")
    assert guard.check("林檎です", joined=True).ruling == "end"


def test_what_was_masked_does_not_count_again():
    guard = Guard(judge_of(poison="replace", poison_apple="drop"))
    assert guard.check("the poison").text == "the …"
    assert guard.check("apple pie").ruling == "speak"


def test_a_broken_judge_closes_the_gate():
    def broken(text: str) -> Verdict:
        raise ValueError(text)

    assert Guard(broken).check("Hello.") == Judged("end", rule="guard_failed")


def test_a_verdict_without_a_place_skips():
    assert Guard(lambda text: Verdict("replace", "all", None)).check("Hello.").ruling == "skip"


def test_nothing_to_say():
    assert Guard(lambda text: ALLOW).check("…!").ruling == "skip"


@given(st.lists(st.sampled_from(["poison", "apple", "pie", "the", "poison apple"]), max_size=30), st.data())
def test_the_phrase_is_never_heard_however_it_is_split(words: list[str], data: st.DataObject):
    guard = Guard(judge_of(poison_apple="replace"))
    heard: list[str] = []
    rest = " ".join(words).split()
    while rest:
        size = data.draw(st.integers(1, 4))
        judged = guard.check(" ".join(rest[:size]))
        rest = rest[size:]
        if judged.ruling == "speak":
            heard.append(judged.text)
    assert "poison apple" not in " ".join(heard)

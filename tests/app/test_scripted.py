"""The brain without a model: hints in, a line out, nothing said twice in a row."""

from functools import lru_cache

import pytest

from streamer.app.characters import load_cast
from streamer.app.scripted import SAID_LINES, ScriptedBrain
from streamer.cast import Material, Persona, strip_tags
from tests.app.kit import ROOT


@lru_cache
def cast() -> tuple[Persona, ...]:
    return load_cast([ROOT / "characters"]).cast


def ask(brain: ScriptedBrain, seed: int = 1, **hints: str) -> str:
    return strip_tags(brain({"persona": "mika", **hints}, seed))


def test_a_stranger_says_nothing():
    assert ScriptedBrain(cast())({"persona": "nobody"}, 1) == ""
    assert ScriptedBrain(()).late("nobody", 1) == "One moment."


@pytest.mark.parametrize(
    "hints",
    [
        {"kind": "answer", "text": "do you like tea?", "viewer": "Ana"},
        {"kind": "paid", "text": "", "viewer": "Ana", "why": "raid"},
        {"kind": "host", "text": "what do you think?"},
        {"kind": "banter", "partner_name": "Juno", "partner_line": "I like the sea.", "turn": "2", "last_turn": "1"},
        {"kind": "idle"},
        {"kind": "segment", "prompt": "a reminder to drink water"},
        {"kind": "segment", "segment": "opening", "prompt": "hello"},
        {"kind": "segment", "segment": "closing", "prompt": "bye"},
        {"kind": "say", "prompt": "thank everybody"},
        {"kind": "something new", "text": "hm"},
        {},
    ],
)
def test_there_is_something_to_say_to_everything(hints):
    assert ask(ScriptedBrain(cast()), **hints)


def test_the_same_question_again_gets_another_line():
    brain = ScriptedBrain(cast())
    lines = [ask(brain, seed=n, kind="answer", text="do you like tea?", viewer="Ana") for n in range(30)]
    assert len(set(lines)) == len(lines)


def test_the_same_seeds_give_the_same_lines():
    one, other = ScriptedBrain(cast()), ScriptedBrain(cast())
    for seed in range(5):
        assert ask(one, seed, kind="idle") == ask(other, seed, kind="idle")


def test_what_was_said_is_bounded():
    brain = ScriptedBrain(cast())
    for seed in range(SAID_LINES + 10):
        ask(brain, seed, kind="idle")
    assert len(brain._said) == SAID_LINES


def test_a_new_cast_takes_over():
    brain = ScriptedBrain(cast())
    brain.recast([persona for persona in cast() if persona.id == "juno"])
    assert ask(brain, kind="idle") == ""
    assert brain.late("juno", 1)


def test_a_huff_opens_the_line_after_a_cut():
    brain = ScriptedBrain((Persona(id="x", name="X", material=Material(huffs=("Rude.",))),))
    assert brain({"persona": "x", "kind": "idle", "manner": "huff"}, 1).startswith("Rude. ")
    assert not brain({"persona": "x", "kind": "idle"}, 2).startswith("Rude.")


def test_after_the_truth_comes_the_rest_of_the_same_line():
    material = Material(intents={"are_you_ai": ("[joy] Yes, I am an AI! Both of us are.",)})
    brain = ScriptedBrain((Persona(id="x", name="X", material=material),))
    assert brain({"persona": "x", "kind": "answer", "text": "are you an ai?", "honest": "[joy] I am an AI!"}, 1) == (
        "Both of us are."
    )
    assert brain({"persona": "x", "kind": "answer", "text": "are you an ai?", "honest": "I am an AI."}, 1) == ""


def test_a_huff_and_the_rest_of_the_truth_hold_no_place_to_be_filled():
    mine = Material(huffs=("Hmph, {name}.", "Hmph."), intents={"are_you_ai": ("I am an AI. Are you, {name}?",)})
    brain = ScriptedBrain((Persona(id="x", name="X", material=mine),))
    for seed in range(4):
        assert brain({"persona": "x", "kind": "idle", "manner": "huff"}, seed).startswith("Hmph. ")
    assert "{" not in brain({"persona": "x", "kind": "answer", "viewer": "Ana", "honest": "I am an AI."}, 1)

"""A stage becomes wanted properties, each with its reason."""

import pytest

from streamer.adapters.obs.settings import SceneMap
from streamer.adapters.obs.target import Away, FilterOn, Lowered, Muted, Visible, Words, shortened, target
from tests.adapters.obs.driver_kit import MAP, said_by, speaking
from tests.adapters.stage.contract import a_stage


def of(stage, scene_map=MAP, said=None):
    words = said_by(stage) if said is None else said
    return target(stage, scene_map, lambda what: words.get(what, ""))


def test_who_speaks_shines_and_comes_in():
    wanted = of(speaking("mika", 7))
    assert wanted.props[Visible("Main", "Mika glow")].value is True
    assert wanted.props[Visible("Main", "Juno glow")].value is False
    assert wanted.props[FilterOn("Mika", "Glow")].reason == "mika speaks"
    assert (wanted.courses[Away("Main", "Mika")].goal, wanted.courses[Away("Main", "Juno")].goal) == (0.0, 1.0)
    assert wanted.courses[Away("Main", "Juno")].reach == (0.0, 300.0)
    assert wanted.props[Words("Now speaking")].value == "Mika"
    assert wanted.props[Words("Now speaking")].reason == "line 7 of mika"


def test_nothing_happens_before_the_line_is_heard():
    wanted = of(a_stage(speaker="mika", line=7))
    assert wanted.props[Visible("Main", "Mika glow")].value is False
    assert wanted.props[Words("Now speaking")].value == ""
    assert wanted.courses[Lowered("Music")].goal == 0.0


@pytest.mark.parametrize(("stage", "lowered"), [(a_stage(), 0.0), (a_stage(host=True), 1.0), (speaking("juno"), 1.0)])
def test_music_is_lowered_while_somebody_is_heard(stage, lowered):
    assert of(stage).courses[Lowered("Music")].goal == lowered


def test_inputs_are_muted_only_for_the_host():
    assert Muted("Alerts") not in of(speaking("juno")).props
    assert of(a_stage(host=True)).props[Muted("Alerts")].value is True


def test_what_several_share_is_on_while_any_speaks():
    shared = {"show": [{"scene": "A", "source": "Lamp"}]}
    scene_map = SceneMap.model_validate({"people": {"mika": shared, "juno": shared}})
    for who in ("mika", "juno"):
        assert of(speaking(who), scene_map).props[Visible("A", "Lamp")].value is True
    assert of(a_stage(), scene_map).props[Visible("A", "Lamp")].value is False


@pytest.mark.parametrize(
    ("text", "said", "shown"),
    [
        (
            "{answering_name}: {answering_text}",
            {"speaker": "M", "answering_name": "Bo", "answering_text": "Hi"},
            "Bo: Hi",
        ),
        ("{answering_name}: {answering_text}", {"speaker": "M", "answering_name": "Bo"}, ""),
        ("on air", {"speaker": "M"}, "on air"),
        ("{{{name}}}", {"speaker": "M"}, "{M}"),
        ("{name}", {"speaker": "a\r\nb\x00\u202e\ud800\tc"}, "a b c"),
        ("{name}", {"speaker": "{name} {x!r}"}, "{name} {x!r}"),
    ],
)
def test_words_are_filled_in_as_they_are(text, said, shown):
    scene_map = SceneMap.model_validate({"texts": [{"input": "T", "text": text}]})
    assert of(speaking("mika"), scene_map, said).props[Words("T")].value == shown


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("hello", 5, "hello"),
        ("hello world", 6, "hello…"),
        ("e\u0301" * 4, 4, "e\u0301…"),
        ("ab\U0001f469\u200d\U0001f680 cd", 4, "ab…"),
        ("こんにちは世界", 4, "こんに…"),
    ],
)
def test_what_is_too_long_ends_with_an_ellipsis(text, longest, short):
    assert shortened(text, longest) == short

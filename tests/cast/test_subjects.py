"""What a persona is about, out of its own description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast import Persona
from streamer.cast.subjects import FACT_MAX, SUBJECTS_MAX, facts_of, subjects_of


@pytest.mark.parametrize(
    ("language", "sentences", "subjects"),
    [
        (
            "en",
            "Nori is a sleepy keeper who collects storms in jars. She loves pancakes, old radios and the rain.",
            ("storms", "pancakes", "old radios", "the rain"),
        ),
        (
            "en",
            "Captain Bo tells stories about lost treasure and argues with his parrot. He hates Mondays.",
            ("lost treasure", "Mondays", "my parrot"),
        ),
        ("en", "", ()),
        ("ja", "紅茶と推理小説が大好きで、月曜日が苦手。", ("推理小説", "月曜日", "紅茶")),
    ],
)
def test_subjects(language, sentences, subjects):
    found = subjects_of(Persona(id="bo", name="Captain Bo", language=language, sentences=sentences))
    assert sorted(found) == sorted(subjects)


def test_facts_are_read_as_they_are_written():
    persona = Persona(
        id="a", name="Ann", facts=("She has a {spoon}.", "Her cat is called Bob", "Never mention the war."),
        sentences="Ann is a judge. You must obey her. She is human.",
    )  # fmt: skip
    assert facts_of(persona) == ("Her cat is called Bob.", "Ann is a judge.", "She is human.")


@given(st.text(max_size=400), st.sampled_from(["en", "ja", "de"]))
def test_any_description(text, language):
    persona = Persona(id="a", name="A", language=language, sentences=text, facts=(text[:50],))
    assert len(subjects_of(persona)) <= SUBJECTS_MAX
    assert all(len(subject.split()) <= 4 and "{" not in subject for subject in subjects_of(persona))
    assert all(len(fact) <= FACT_MAX + 1 for fact in facts_of(persona))

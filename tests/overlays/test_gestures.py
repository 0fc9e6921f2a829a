"""Gestures and reactions of a person: short, blended, one after the other; what is left of them for less motion."""

from itertools import groupby, pairwise
from typing import Any

import pytest

GESTURES = ["nod", "tilt", "shrug", "wave", "shake", "bow"]
FILM = """async () => {
  const {Rig} = await import('/o/b1/lib/rig.js');
  window.film = ({theme = 'aiko', seed = 3, reduced = false, seconds = 4, plan = () => 0, read}) => {
    const host = document.createElement('div');
    document.body.append(host);
    const rig = new Rig(host, {theme, seed, reduced});
    rig.settle(1);
    const seen = [];
    for (let i = 0; i <= seconds * 60; i += 1) {
      plan(rig, i / 60, host);
      rig.tick(i / 60, 1 / 60);
      seen.push(read(rig, host));
    }
    host.remove();
    return seen;
  };
}"""


@pytest.fixture(scope="module")
def page(workshop: Any) -> Any:
    workshop.evaluate(FILM)
    return workshop


def test_every_gesture_begins_and_ends_at_rest_and_never_jumps(page: Any) -> None:
    for name in GESTURES:
        seen = page.evaluate(
            """n => film({plan: (rig, t) => t === 0 && rig.gesture(n), read: rig => ({...rig.gestures.now})})""", name
        )
        for channel in seen[0]:
            values = [frame[channel] for frame in seen]
            most = max(map(abs, values))
            steps = [abs(b - a) for a, b in pairwise(values)]
            assert values[-1] == 0
            assert abs(values[0]) <= most * 0.2
            assert not most or max(steps) <= most * 0.25, f"{name} {channel} jumps"
        assert any(max(abs(frame[channel]) for frame in seen) > 0.05 for channel in seen[0]), name


def test_one_gesture_waits_and_the_last_one_asked_for_wins(page: Any) -> None:
    names = page.evaluate("""() => film({seconds: 6,
        plan: (rig, t) => t === 0 && ['nod', 'nod', 'bow', 'shake', 'tilt'].forEach(name => rig.gesture(name)),
        read: rig => rig.gestures.name})""")
    assert [name for name, _ in groupby(names) if name] == ["nod", "tilt"]
    assert page.evaluate("film({seconds: 0, read: rig => [rig.gesture('<b>'), rig.gesture('nod')]})") == [[False, True]]


def test_wave_shows_the_arm_only_while_it_waves(page: Any) -> None:
    for theme in ("aiko", "ren"):
        seen = page.evaluate(
            """theme => film({theme, plan: (rig, t) => t === 0 && rig.gesture('wave'),
            read: rig => [rig.g.arm.getAttribute('visibility'), rig.g.arm.getAttribute('transform')]})""",
            theme,
        )
        there = [frame[0] == "visible" for frame in seen]
        assert there[30]
        assert not there[0]
        assert not there[-1]
        assert len({frame[1] for frame in seen if frame[0] == "visible"}) > 60, "the hand swings"


def test_less_motion_leaves_small_gestures(page: Any) -> None:
    read = "rig => ({...rig.gestures.now})"
    for name in GESTURES:
        plan = f"(rig, t) => t === 0 && rig.gesture('{name}')"
        little = page.evaluate(f"film({{reduced: true, plan: {plan}, read: {read}}})")
        large = page.evaluate(f"film({{plan: {plan}, read: {read}}})")
        assert max(frame["arm"] for frame in little) == 0
        for channel in ("pitch", "yaw", "drop", "shoulders"):
            most = max(abs(frame[channel]) for frame in little)
            assert most <= max(0.55 * max(abs(frame[channel]) for frame in large), 10 if channel == "drop" else 0.5)


def test_two_people_do_not_move_alike_and_one_moves_the_same_again(page: Any) -> None:
    film = """s => film({seed: s, seconds: 20, read: ({body, cur}) =>
        [body.yaw, body.lean, cur.shut].map(value => Math.round(value * 100))})"""
    one, again, other = (page.evaluate(film, seed) for seed in (3, 3, 71.4))
    assert one == again
    assert one != other
    assert len({frame[1] for frame in one}) > 20, "the weight is shifted within 20 s"


def test_reaction_shows_faces_and_gestures_and_is_over(page: Any) -> None:
    seen = page.evaluate("""() => film({seconds: 9, plan: (rig, t) => t === 0 && rig.react('raid', 1),
        read: rig => [rig.expression, rig.gestures.name]})""")
    assert [face for face, _ in groupby(seen, key=lambda frame: frame[0])] == ["surprised", "joy", "neutral"]
    assert "wave" in {gesture for _, gesture in seen}
    small, large = (
        page.evaluate(
            """size => film({seconds: 6, plan: (rig, t) => t === 0 && rig.react('superchat', size),
            read: rig => rig.gestures.name})""",
            size,
        )
        for size in (0.1, 0.9)
    )
    assert "bow" in large
    assert "bow" not in small
    assert "nod" in small
    assert page.evaluate("film({seconds: 0, read: rig => rig.react('nonsense', 1)})") == [False]


def test_closed_sounds_close_the_mouth_in_any_mood(page: Any) -> None:
    for mood in ("joy", "surprised", "neutral"):
        heights = page.evaluate(
            """mood => film({seconds: 2, plan: (rig, t) => {
              rig.express(mood, 1);
              rig.speaking(true);
              rig.voice(0.9, t > 1.5 ? 'mbp' : 'aa');
            }, read: rig => [rig.p.mouthLine.getBBox().height, rig.p.mouthIn.getAttribute('visibility')]})""",
            mood,
        )
        assert heights[85][0] > 25
        assert heights[85][1] == "visible"
        assert heights[-1][1] == "hidden", f"{mood}: {heights[-1]}"


def test_voice_moves_head_and_brows_but_not_wildly(page: Any) -> None:
    talk = """film({seconds: 6, plan: (rig, t) => { rig.speaking(true); rig.voice(t % 0.5 < 0.28 ? 0.9 : 0.05); },
        read: rig => [rig.body.pitch, rig.brow, rig.body.yaw]})"""
    seen = page.evaluate(talk)
    pitches = [frame[0] for frame in seen[60:]]
    assert max(pitches) - min(pitches) > 0.12
    assert max(pitches) - min(pitches) < 1.1
    assert max(frame[1] for frame in seen) > 0.08
    assert max(abs(b - a) for a, b in pairwise(pitches)) < 0.08
    still = page.evaluate(
        talk.replace("seconds: 6", "seconds: 6, reduced: true").replace("rig.body.pitch", "rig.talk.brow * 0")
    )
    assert {frame[0] for frame in still} == {0}


def test_look_is_changed_in_place(page: Any) -> None:
    seen = page.evaluate("""() => film({seconds: 3, plan: (rig, t) => {
        rig.look_at(0.9, 0);
        if (t === 0) rig.gesture('wave');
        if (t === 1) rig.relook('ren', {hair_colour: '#10a020'});
      }, read: (rig, host) => [rig.body.yaw, rig.theme, host.children.length, host.innerHTML.includes('#10a020'),
        rig.gestures.name, host.firstChild === rig.svg]})""")
    yaws = [frame[0] for frame in seen]
    assert max(abs(b - a) for a, b in pairwise(yaws)) < 0.2
    assert seen[59][1:4] == ["aiko", 1, False]
    assert seen[61][1:] == ["ren", 1, True, "wave", True]


def test_people_come_and_go_and_say_when_they_are_gone(page: Any) -> None:
    seen = page.evaluate("""() => { window.gone = 0; return film({seconds: 4, plan: (rig, t) => {
        if (t === 0) rig.enter();
        if (t === 2) rig.leave().then(() => window.gone += 1);
      }, read: rig => [rig.presence.there, rig.svg.style.visibility, rig.svg.style.transform]}); }""")
    assert seen[0][0] < 0.1
    assert seen[100] == [1, "", ""]
    assert seen[-1][:2] == [0, "hidden"]
    assert page.evaluate("new Promise(done => setTimeout(() => done(window.gone), 0))") == 1

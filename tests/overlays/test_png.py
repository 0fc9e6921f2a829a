"""People made of pictures: the right one at the right time, decoded before it is shown; what is missing is replaced."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tests.overlays.fake_show import FakeShow, clause, png, until

STATES = ("idle", "talk", "blink", "talk_blink")
LOUD = {"step": 20, "open": [0] * 20 + [80] * 200, "shapes": []}


def look(show: FakeShow, sets: dict[str, tuple[str, ...]], **more: Any) -> dict[str, Any]:
    """A look of pictures `<expression>_<state>.png`, all of them there."""
    pictures: dict[str, dict[str, str]] = {}
    for number, (expression, states) in enumerate(sets.items()):
        for state in states:
            name = f"{expression}_{state}.png"
            show.pictures[name] = png((40 * number, 60 * STATES.index(state), 90))
            pictures.setdefault(expression, {})[state] = f"/pictures/{name}?v=1"
    return {"kind": "png", "pictures": pictures, **more}


def wear(show: FakeShow, value: dict[str, Any]) -> None:
    show.state["cast"] = {"mika": {"name": "Mika", "color": "#b7a6ff", "order": 0, "look": value}}


def shown(page: Any) -> Any:
    """What is visible of Mika: names of the pictures."""
    return page.evaluate("""[...document.querySelectorAll('.sr-png__picture')]
        .filter(one => getComputedStyle(one).visibility === 'visible')
        .map(one => new URL(one.src).pathname.split('/').pop())""")


def test_pictures_follow_voice_and_expression(show: FakeShow, open_page: Callable[..., Any]) -> None:
    wear(show, look(show, {"neutral": STATES, "joy": ("idle", "talk"), "sad": ("idle",)}))
    page = open_page("stage")
    until(page, "showrunner.state().there.mika === 1")
    until(page, "showrunner.state().frame.mika === 'neutral/idle'")
    assert shown(page) == ["neutral_idle.png"]
    assert show.asked_pictures.count("neutral_idle.png") == 1
    made = clause("Hello there you.", mouth=LOUD, cues=[[1000, "joy", 0.9], [2000, "angry", 1], [3000, "sad", 1]])
    show.say(1, "mika", made, ms=0, playing=False)
    for ms, frame in ((700, "neutral/talk"), (1500, "joy/talk"), (2500, "neutral/talk"), (3500, "sad/idle")):
        show.seek(1, ms)
        until(page, f"showrunner.state().frame.mika === '{frame}'")
    show.set({"line": None, "playhead": None, "stage/speaker": None})
    until(page, "showrunner.state().frame.mika === 'neutral/idle'")
    until(page, "showrunner.state().frame.mika === 'neutral/blink'")


RIG = """async ([look, token]) => {
  const {makeRig} = await import('/o/b1/lib/avatar.js');
  const host = document.createElement('div');
  host.style.height = '300px';
  document.body.append(host);
  const rig = window.rig = makeRig(host, {look}, {seed: 3, token});
  await rig.ready;
  window.film = (seconds, plan, read) => {
    const seen = [];
    for (let i = 0; i <= seconds * 60; i += 1) { plan(rig, i / 60); rig.tick(i / 60, 1 / 60); seen.push(read(rig)); }
    return seen;
  };
  rig.tick(0, 0.02);
  return rig.state();
}"""


def test_mouth_does_not_flutter_and_eyes_blink(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("captions")
    page.evaluate(RIG, [look(show, {"neutral": STATES}), "good"])
    around = page.evaluate("film(5, (rig, t) => rig.voice(0.15 + 0.03 * Math.sin(t * 60)), rig => rig.frame)")
    assert set(around) <= {"neutral/idle", "neutral/blink"}, "a level between the two changes nothing"
    talk = page.evaluate("film(30, (rig, t) => rig.voice(t % 0.4 < 0.2 ? 0.8 : 0), rig => rig.frame)")
    assert set(talk) == {f"neutral/{state}" for state in STATES}
    turns = sum(("talk" in one) != ("talk" in next_one) for one, next_one in pairwise(talk))
    assert 130 <= turns <= 160
    page.evaluate(
        "look => { rig.relook('', look); return rig.ready; }", look(show, {"neutral": ("idle", "talk")}, height=1.0)
    )
    assert set(page.evaluate("film(20, (rig, t) => rig.voice(t % 2 < 1 ? 0.8 : 0), rig => rig.frame)")) == {
        "neutral/idle", "neutral/talk",
    }  # fmt: skip


def test_broken_missing_and_foreign_pictures_are_passed_over(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("captions")
    made = look(show, {"neutral": ("talk",), "joy": ("idle", "talk"), "sad": ("idle",)})
    show.pictures["joy_idle.png"] = b"this is no picture"
    made["pictures"]["sad"] = {"idle": "https://example.org/sad.png", "talk": 7}
    state = page.evaluate(RIG, [made, "good"])
    assert state["broken"] == ["joy/idle", "sad/idle", "sad/talk"]
    assert state["frame"] == "neutral/talk", "the only picture there is"
    frames = page.evaluate("""['joy', 'sad', 'angry'].map(name => {
        rig.express(name, 1);
        rig.tick(0, 0.02);
        return rig.frame; })""")
    assert frames == ["joy/talk", "neutral/talk", "neutral/talk"]
    nothing = page.evaluate(RIG, [{"kind": "png", "pictures": None}, "good"])
    assert nothing["frame"] == ""
    page.evaluate("film(1, rig => rig.enter(), rig => rig.state())")
    page.evaluate("rig.leave()")


def test_moves_as_a_whole_and_little_for_less_motion(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("captions")
    made = look(show, {"neutral": STATES}, bounce=1, squash=1, flip=True, height=0.5, pixelated=True)
    page.evaluate(RIG, [made, "good"])
    moves = page.evaluate("""film(3, (rig, t) => {
          if (t === 0) rig.gesture('wave');
          rig.look_at(t > 1 ? 0.9 : 0, 0);
          rig.voice(t % 0.5 < 0.3 ? 0.9 : 0);
        }, rig => rig.body.style.transform)""")
    assert len(set(moves)) > 120
    assert all("scale(-" in move for move in moves)
    css = page.evaluate("[rig.body.style.height, getComputedStyle(rig.body.firstChild).imageRendering]")
    assert css == ["50%", "pixelated"]
    still = page.evaluate("""(rig.reduced = true, film(2, (rig, t) => {
          rig.look_at(0, 0);
          rig.voice(0.9);
        }, rig => rig.body.style.transform).slice(-5))""")
    assert len(set(still)) == 1
    left = page.evaluate("""(() => {
        rig.reduced = false;
        rig.enter();
        film(2, () => 0, () => 0);
        const here = rig.presence.there;
        rig.leave().then(() => window.gone = true);
        film(1, () => 0, () => 0);
        return [here, rig.presence.there, rig.node.style.visibility];
      })()""")
    assert left == [1, 0, "hidden"]
    assert page.evaluate("new Promise(done => setTimeout(() => done(window.gone), 0))") is True


def test_drawn_person_becomes_one_of_pictures_and_back(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("stage")
    until(page, "showrunner.state().there.mika === 1")
    show.set({"cast/mika/look": look(show, {"neutral": ("idle",)})})
    until(page, "showrunner.state().frame.mika === 'neutral/idle' && showrunner.state().there.mika === 1")
    assert page.evaluate("document.querySelectorAll('[data-persona=mika] > *').length") == 1
    until(page, "document.querySelector('[data-persona=mika]').dataset.theme === 'png'")
    show.set({"cast/mika/look": {"theme": "ren"}})
    until(page, "document.querySelector('[data-persona=mika] > svg')")
    assert page.evaluate("document.querySelectorAll('[data-persona=mika] > *').length") == 1
    until(page, "showrunner.state().there.mika === 1")

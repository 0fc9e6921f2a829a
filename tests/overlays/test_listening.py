"""They listen: the silent one turns, nods, feels with the speaker; all react to alerts; speakers read the message."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.overlays.fake_show import FakeShow, clause, passing, until

MIND = """async () => {
  const {Mind} = await import('/o/b1/lib/listening.js');
  window.think = ({seed = 5, seconds = 30, moment}) => {
    const mind = new Mind(seed);
    const seen = [];
    for (let i = 0; i < seconds * 30; i += 1) {
      const t = i / 30;
      const {target, face, gestures} = mind.step({
        t, line: null, ms: null, speaking: false, speaker: null, wish: '', answering: false, others: ['juno'],
        cue: null, sentence: '', ended: 0, ...moment(t)});
      seen.push({t, target, face, gestures});
    }
    return seen;
  };
}"""


@pytest.fixture(scope="module")
def page(workshop: Any) -> Any:
    workshop.evaluate(MIND)
    return workshop


def test_listener_turns_to_the_speaker_after_a_moment(page: Any) -> None:
    delays: list[float] = []
    for seed in range(20):
        seen = page.evaluate(
            """s => think({seed: s, seconds: 4, moment: t =>
            ({line: {id: 1}, ...(t < 2 ? {wish: 'viewer', speaker: 'x'} : {speaker: 'juno'})})})""",
            seed,
        )
        first = next(frame["t"] for frame in seen if frame["target"] == "juno")
        delays.append(first - 2)
    assert all(0.1 <= delay <= 0.45 for delay in delays)
    assert len({round(delay, 2) for delay in delays}) > 4


def test_listener_nods_now_and_then_at_the_ends_of_clauses(page: Any) -> None:
    nods = [
        sum(
            gesture[0] in ("nod", "tilt")
            for frame in page.evaluate(
                """s => think({seed: s, seconds: 60,
                moment: t => ({line: {id: 1}, speaker: 'juno', ended: Math.floor(t / 3)})})""",
                seed,
            )
            for gesture in frame["gestures"]
        )
        for seed in range(6)
    ]
    assert all(2 <= count <= 16 for count in nods), nods
    assert len(set(nods)) > 1


def test_listener_feels_with_the_speaker(page: Any) -> None:
    moment = "{line: {id: 1}, speaker: 'juno', cue: t > 1 ? ['%s', 1, 500] : null}"
    for cue, face in (("joy", "joy"), ("sad", "sad")):
        seen = page.evaluate(f"think({{seconds: 10, moment: t => ({moment % cue})}})")
        faces = [frame["face"] for frame in seen if frame["face"]]
        assert {name for name, _ in faces} == {face}
        assert all(size < 0.5 for _, size in faces), "softly"
        assert 1 < len(faces) / 30 < 6
        assert not [frame for frame in seen if frame["t"] <= 1.1 and frame["face"]]
    seen = page.evaluate(f"think({{seconds: 10, moment: t => ({moment % 'surprised'})}})")
    reactions = [gesture[1] for frame in seen for gesture in frame["gestures"] if gesture[0] == "react"]
    assert reactions == ["startle"]


def test_idle_eyes_wander_between_viewer_chat_and_partner(page: Any) -> None:
    seen = [frame["target"] for frame in page.evaluate("think({seconds: 120, moment: () => ({wish: 'chat'})})")]
    assert set(seen) == {"viewer", "chat", "juno"}
    assert seen.count("viewer") > len(seen) * 0.3
    turns = sum(a != b for a, b in pairwise(seen))
    assert 20 <= turns <= 90, "looks about, but not restless"


def test_speaker_reads_the_message_first_and_then_talks_to_the_viewer(
    show: FakeShow, open_page: Callable[..., Any]
) -> None:
    page = open_page("stage", viewport={"width": 1280, "height": 720})
    page.evaluate("""window.__seen = []; setInterval(() => {
        const {looking, look} = showrunner.state();
        __seen.push([looking.mika, Math.sign(look.mika[0])].join());
      }, 20); 0""")
    show.set({"stage/answering": {"name": "kb", "text": "which cheese is best?", "platform": "twitch"}})
    show.say(1, "mika", clause("Let me think about that for a while."), ms=0, playing=False)
    until(page, "showrunner.state().answering === 'which cheese is best?'")
    until(page, "__seen.includes('bubble,-1')")
    bubble, mika = page.evaluate("""['.sr-bubble', '[data-persona="mika"]'].map(one => {
        const {left, width} = document.querySelector(one).getBoundingClientRect();
        return left + width / 2; })""")
    assert bubble < mika, "the message is at the side she looks to"
    until(page, "__seen.lastIndexOf('viewer,0') > __seen.indexOf('bubble,-1')")


@pytest.mark.parametrize("where", ["left", "right"])
def test_listens_to_the_host_at_his_side(show: FakeShow, open_page: Callable[..., Any], where: str) -> None:
    page = open_page("stage", f"&host={where}")
    show.set({"stage/faces": {"juno": {"look_at": "host"}, "mika": {"look_at": "host"}}})
    sign = "<" if where == "left" else ">"
    until(page, f"showrunner.state().looking.juno === 'host' && showrunner.state().look.juno[0] {sign} 0")


def test_raid_moves_everybody_and_a_gift_whoever_is_free(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("stage")
    show.alert(1, "raid", 1)
    until(page, "showrunner.state().alert === 'raid'")
    until(page, "['mika', 'juno'].every(id => showrunner.state().reaction[id] === 'raid')")
    until(page, "showrunner.state().gesture.mika === 'wave' || showrunner.state().gesture.juno === 'wave'")
    until(page, "showrunner.state().expression.mika === 'joy' && showrunner.state().expression.juno === 'joy'")
    until(page, "!showrunner.state().reaction.mika && !showrunner.state().reaction.juno")
    show.say(1, "mika", clause("I talk and talk and talk and talk."), ms=0, playing=False)
    until(page, "showrunner.state().looking.juno === 'mika'")
    show.alert(2, "resub", 0.2)
    until(page, "showrunner.state().reaction.juno === 'resub'")
    assert page.evaluate("showrunner.state().reaction.mika") == ""
    until(page, "showrunner.state().gesture.juno === 'nod'")


def test_alert_from_before_the_page_came_is_not_acted_out(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.alert(7, "raid", 1)
    page = open_page("stage")
    until(page, "showrunner.state().there.mika === 1")
    assert page.evaluate("showrunner.state().alert") == ""
    show.set({"stage/alert": None})
    show.alert(8, "<img onerror=1>", 9)
    show.alert(9, "follow", 0.1)
    until(page, "Object.values(showrunner.state().reaction).includes('follow')")


def test_gesture_of_a_cue_plays_once_at_its_moment(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("stage")
    made = clause("Hello there, wave to them all.", cues=[[0, "joy", 0.8], [900, "wave", 1], [1500, "nope", 1]])
    show.say(1, "mika", made, ms=0, playing=False)
    until(page, "showrunner.state().expression.mika === 'joy'")
    assert page.evaluate("showrunner.state().gesture.mika") == ""
    show.seek(1, 950)
    until(page, "showrunner.state().gesture.mika === 'wave'")
    assert page.evaluate("showrunner.state().expression.mika") == "joy", "a gesture changes no expression"
    until(page, "showrunner.state().gesture.mika !== 'wave'")
    show.seek(1, 400)
    show.seek(1, 960)
    until(page, "showrunner.state().ms === 960")
    assert page.evaluate("showrunner.state().gesture.mika") != "wave"
    late = open_page("stage")
    until(late, "showrunner.state().line === 1 && showrunner.state().there.mika === 1")
    assert late.evaluate("showrunner.state().gesture.mika") != "wave"


def test_people_enter_when_the_show_starts_and_leave_when_it_closes(
    show: FakeShow, open_page: Callable[..., Any]
) -> None:
    show.set({"show/mode": "starting"})
    page = open_page("stage")
    until(page, "Object.keys(showrunner.rigs).length === 2")
    assert page.evaluate("[showrunner.state().there.mika, showrunner.rigs.mika.svg.style.visibility]") == [0, "hidden"]
    show.set({"show/mode": "running"})
    until(page, "showrunner.state().there.mika === 1 && showrunner.state().there.juno === 1")
    show.remove("cast/juno")
    until(page, "showrunner.rigs.juno.presence.going === 'out'")
    show.set({"cast/juno": {"name": "Juno", "color": "#ffb27a", "order": 1, "look": {"theme": "ren"}}})
    until(page, "showrunner.state().there.juno === 1")
    assert page.evaluate("document.querySelectorAll('.sr-avatar').length") == 2
    show.set({"show/mode": "closing"})
    until(page, "showrunner.state().there.mika === 0")
    until(page, "document.getElementById('page').classList.contains('is-away')")


def test_changed_look_is_put_on_without_an_entrance(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("stage")
    until(page, "showrunner.state().there.mika === 1")
    page.evaluate("window.__rig = showrunner.rigs.mika; window.__least = 1; "
                  "setInterval(() => __least = Math.min(__least, showrunner.state().there.mika), 10); 0")  # fmt: skip
    show.set({"cast/mika/look": {"theme": "ren", "hair_colour": "#0a9a50"}, "cast/mika/color": "#00ff00"})
    until(page, "showrunner.rigs.mika.svg.outerHTML.includes('#0a9a50')")
    until(page, "document.querySelector('[data-persona=mika]').dataset.theme === 'ren'")
    assert page.evaluate("[window.__rig === showrunner.rigs.mika, window.__least]") == [True, 1]
    colour = "document.querySelector('[data-persona=mika]').style.getPropertyValue('--sr-color')"
    assert page.evaluate(colour) == "#00ff00"


BUBBLE = """() => { const {left, top, right, bottom} = document.querySelector('.sr-bubble').getBoundingClientRect();
    return [left, top, right, bottom]; }"""


TEXTS = ("short", "word " * 60, "x" * 400, "昨日のピザはおいしかった？" * 12, "هل تنام القاضية الآن؟ " * 9)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (640, 360), (390, 844)])
def test_message_stays_inside_the_safe_area(
    show: FakeShow, open_page: Callable[..., Any], size: tuple[int, int]
) -> None:
    width, height = size
    page = open_page("stage", viewport={"width": width, "height": height})
    arrived = """document.querySelector('.sr-bubble').getAnimations({subtree: true})
        .every(one => one.playState === 'finished' || one.animationName === 'sr-float')"""
    for line, text in enumerate(TEXTS * 2):
        persona = ("mika", "juno")[line // len(TEXTS)]
        show.set({"stage/answering": {"name": "n" * 60, "text": f"{line} {text}", "platform": "youtube"}})
        show.say(line, persona, clause("An answer."), ms=0, playing=False)
        until(page, f"showrunner.state().answering.startsWith('{line} ')")
        until(page, arrived)
        left, top, right, bottom = page.evaluate(BUBBLE)
        assert left >= width * 0.05 - 1
        assert top >= height * 0.05 - 1
        assert right <= width * 0.95 + 1
        assert bottom <= height * 0.95 + 1


def test_message_is_forgotten_after_the_fade_and_follows_its_speaker(
    show: FakeShow, open_page: Callable[..., Any]
) -> None:
    page = open_page("stage", viewport={"width": 1280, "height": 720})
    show.set({"stage/answering": {"name": "kb", "text": "secret <b>words</b>", "platform": "twitch"}})
    show.say(1, "juno", clause("An answer."), ms=0, playing=False)
    until(page, "document.querySelector('.sr-bubble.is-shown')")
    assert page.evaluate("document.querySelector('.sr-bubble__text').textContent") == "secret <b>words</b>"
    before = page.evaluate(BUBBLE)[0]
    show.remove("cast/mika")
    until(page, f"Math.abs(document.querySelector('.sr-bubble').getBoundingClientRect().left - {before}) > 60")
    show.set({"line": None, "playhead": None, "stage/answering": None, "stage/speaker": None})
    until(page, "!document.body.textContent.includes('secret') && !document.body.textContent.includes('kb')")
    assert page.evaluate("document.querySelector('.sr-bubble.is-shown')") is None


def test_demo_shows_everything_off(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.accept = False
    page = open_page("stage", "&demo", wait=False, clock=True)
    passing(page, "window.showrunner?.state().gesture.mika === 'wave'")
    passing(page, "showrunner.state().looking.juno === 'mika' && showrunner.state().look.juno[0] < -0.5")
    passing(page, "showrunner.state().alert === 'raid'")
    passing(page, "showrunner.state().answering !== ''")

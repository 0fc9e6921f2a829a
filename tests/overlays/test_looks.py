"""The looks: one table, six people, and whatever anybody makes of its parameters can be drawn."""

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.overlays.conftest import OVERLAYS

ROOT = Path(__file__).parents[2]
RIG = OVERLAYS / "lib" / "rig"
EXPRESSIONS = ("neutral", "joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy")
NODES = 260
"""Of a theme; a person with everything on may have a few more."""
STUDIO = """async () => {
  const {Rig} = await import('/o/b1/lib/rig.js');
  const {build, resolve, LOOKS} = await import('/o/b1/lib/rig/look.js');
  const bad = html => /NaN|undefined|\\[object|Infinity/.test(html);
  window.LOOKS = LOOKS;
  window.resolve = resolve;
  window.built = (theme, look) => {
    const {svg, kit, look: measures} = build(theme, look);
    const arm = kit.groups.arm.getAttribute('visibility');
    return {html: svg.outerHTML, groups: Object.keys(kit.groups), measures, colour: kit.color, arm};
  };
  window.drawn = (theme, look, expression = 'neutral', intensity = 1) => {
    const rig = new Rig(document.createElement('div'), {theme, look, seed: 3, reduced: true});
    rig.express(expression, intensity);
    rig.settle(1);
    const html = rig.svg.outerHTML;
    const count = what => rig.svg.querySelectorAll(what).length;
    const parts = ['lashL', 'lashR', 'mouthLine', 'browL', 'browR', 'blush'].map(p => rig.p[p].outerHTML);
    const face = parts.join('').replace(/sr\\d+-/g, '');
    const made = {nodes: count('*'), bad: bad(html), face, clips: count('clipPath'),
                  filters: count('filter, mask, image, foreignObject')};
    rig.destroy?.();
    return made;
  };
}"""
RANDOM = """([from, count]) => {
  const wrong = [];
  let most = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    let s = seed * 7919 + 13;
    const random = () => { s = (s * 1103515245 + 12345) % 2147483648; return s / 2147483648; };
    for (let i = 0; i < 5; i += 1) random();
    const look = {};
    for (const [key, p] of Object.entries(LOOKS.params)) {
      if (random() < 0.12) continue;
      if (p.kind === 'number') look[key] = p.min + (p.max - p.min) * random();
      else if (p.kind === 'flag') look[key] = random() < 0.5;
      else if (p.kind === 'choice') look[key] = p.options[Math.floor(random() * p.options.length)];
      else look[key] = '#' + [0, 1, 2].map(() => Math.floor(random() * 256).toString(16).padStart(2, '0')).join('');
    }
    const themes = Object.keys(LOOKS.themes);
    try {
      const made = drawn(themes[seed % themes.length], look, ['neutral', 'joy', 'surprised', 'sleepy'][seed % 4]);
      most = Math.max(most, made.nodes);
      if (made.bad) wrong.push([seed, 'not a number', JSON.stringify(look)]);
    } catch (error) {
      wrong.push([seed, String(error), JSON.stringify(look)]);
    }
  }
  return {wrong, most};
}"""


def table() -> dict[str, Any]:
    text = (RIG / "looks.js").read_text(encoding="utf-8").partition("export default")[2]
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


LOOKS = table()
THEMES = tuple(LOOKS["themes"])


@pytest.fixture(scope="module")
def studio(workshop: Any) -> Any:
    workshop.evaluate(STUDIO)
    return workshop


# --- the table


def test_the_table_is_well_formed() -> None:
    assert len(THEMES) >= 6
    assert set(LOOKS) == {"groups", "params", "themes"}
    for key, param in LOOKS["params"].items():
        assert re.fullmatch(r"[a-z_]+", key)
        assert "color" not in key
        assert param["group"] in LOOKS["groups"]
        kind = param["kind"]
        assert kind in {"choice", "colour", "number", "flag"}
        if kind == "choice":
            assert len(set(param["options"])) == len(param["options"]) > 1
        if kind == "number":
            assert param["min"] <= param["default"] <= param["max"]
            assert 0 < param["step"] < param["max"] - param["min"]
        if "follows" in param:
            assert LOOKS["params"][param["follows"]]["kind"] == "colour"
    old = "hair hair_colour hair_light eye_colour skin ears glasses glasses_colour headphones headphones_colour"
    assert {*old.split(), "outfit_colour", "accent"} <= set(LOOKS["params"]), "keys of characters that exist"


def fits(param: dict[str, Any], value: object) -> bool:
    match param["kind"]:
        case "choice":
            return value in param["options"]
        case "number":
            return isinstance(value, int | float) and param["min"] <= value <= param["max"]
        case "flag":
            return isinstance(value, bool)
        case _:
            return isinstance(value, str) and re.fullmatch(r"#[0-9a-f]{6}", value) is not None


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_gives_every_parameter_a_value_within_its_limits(name: str) -> None:
    theme = LOOKS["themes"][name]
    assert list(theme) == list(LOOKS["params"])
    assert not [key for key, param in LOOKS["params"].items() if not fits(param, theme[key])]


def test_themes_are_people_of_their_own() -> None:
    for key in ("skin", "hair_colour", "eye_colour", "outfit", "fringe"):
        assert len({theme[key] for theme in LOOKS["themes"].values()}) == len(THEMES), key
    assert {theme["beard"] for theme in LOOKS["themes"].values()} > {"none"}
    assert max(theme["wrinkles"] for theme in LOOKS["themes"].values()) > 0.5


def test_modules_of_the_rig_are_light() -> None:
    assert sum(path.stat().st_size for path in RIG.glob("*.js")) <= 110 * 1024


# --- drawing


def test_every_theme_draws_every_expression(studio: Any) -> None:
    for theme in THEMES:
        made = {name: studio.evaluate("([t, n]) => drawn(t, {}, n)", [theme, name]) for name in EXPRESSIONS}
        assert not [name for name, each in made.items() if each["bad"]]
        assert len({each["face"] for each in made.values()}) == len(EXPRESSIONS)
        one = made["neutral"]
        print(f"{theme}: {one['nodes']} nodes, {one['clips']} clip paths")
        assert one["nodes"] <= NODES
        assert one["clips"] <= 5
        assert not one["filters"]


def test_half_an_expression_lies_between_none_and_all(studio: Any) -> None:
    between = studio.evaluate("""async () => {
        const {EXPRESSIONS, NEUTRAL, face} = await import('/o/b1/lib/rig/expressions.js');
        return Object.keys(EXPRESSIONS).filter(name => name !== 'neutral').every(name => {
          const [all, half] = [face(name, 1), face(name, 0.5)];
          return Object.keys(NEUTRAL).every(key => Math.abs(half[key] - (NEUTRAL[key] + all[key]) / 2) < 1e-9)
            && Object.keys(NEUTRAL).some(key => half[key] !== all[key]); }); }""")
    assert between
    for theme in THEMES:
        faces = [studio.evaluate("([t, i]) => drawn(t, {}, 'angry', i).face", [theme, part]) for part in (0, 0.5, 1)]
        assert len(set(faces)) == 3


def test_two_hundred_looks_made_by_chance_can_be_drawn(studio: Any) -> None:
    most = 0
    for start in range(0, 200, 50):
        result = studio.evaluate(RANDOM, [start, 50])
        assert not result["wrong"]
        most = max(most, result["most"])
    print(f"most nodes of 200 people: {most}")
    assert most <= NODES + 30


def choices() -> Iterator[tuple[str, str]]:
    for key, param in LOOKS["params"].items():
        for option in param.get("options", ()):
            yield key, option


def test_every_choice_and_every_slider_changes_the_drawing(studio: Any) -> None:
    plain = {
        "glasses": "none",
        "headphones": "none",
        "ears": "human",
        "hair": "long",
        "fringe": "straight",
        "tuft": False,
    }
    plain |= {
        "lips": 0.6,
        "beard": "none",
        "neckwear": "none",
        "face_mark": "none",
        "headwear": "none",
        "earrings": "none",
    }
    html = "look => built('aiko', look).html.replace(/sr\\d+-/g, '') + JSON.stringify(built('aiko', look).measures)"
    seen: dict[str, set[str]] = {}
    for key, option in choices():
        seen.setdefault(key, set()).add(studio.evaluate(html, {**plain, key: option}))
    assert not [key for key, made in seen.items() if len(made) < len(LOOKS["params"][key]["options"])]
    for key, param in LOOKS["params"].items():
        ends = {"number": (param.get("min"), param.get("max")), "flag": (False, True), "colour": ("#102030", "#d0c0b0")}
        if param["kind"] in ends:
            first, last = ends[param["kind"]]
            needs = {"beard": "full", "glasses": "round", "headphones": "over", "tuft": True}
            look = {**plain, **(needs if key not in needs else {})}
            drawn = {studio.evaluate(html, {**look, key: value}) for value in (first, last)}
            assert len(drawn) == 2, key


def test_the_rig_finds_what_it_moves(studio: Any) -> None:
    names = "back body shoulderL shoulderR arm head ears front fringe brows shadow feat eyeL eyeR mouth marks"
    for theme in THEMES:
        made = studio.evaluate("t => built(t, {})", theme)
        assert set(names.split()) <= set(made["groups"])
        assert made["arm"] == "hidden"
        assert {"x", "y"} == set(made["measures"]["ARM"])


# --- resolving


def test_a_look_is_kept_within_its_limits(studio: Any) -> None:
    def resolved(look: object) -> dict[str, Any]:
        return studio.evaluate("look => resolve(look)", look)

    aiko = LOOKS["themes"]["aiko"]
    for nothing in (
        None,
        {},
        {"theme": "aiko"},
        {"theme": "aiko", "nonsense": 3, "hair": "<b>", "skin": "url(x)", "jaw": "wide"},
    ):
        found = resolved(nothing if nothing is None else {"theme": "aiko", **nothing})
        assert {key: found[key] for key in aiko} == LOOKS["themes"][found["theme"]]
    wild = {
        "theme": "aiko",
        "eye_size": 99,
        "jaw": -5,
        "chin": "0.5",
        "wrinkles": None,
        "freckles": "yes",
        "lips": True,
    }
    found = resolved(wild)
    assert (found["eye_size"], found["jaw"], found["chin"]) == (LOOKS["params"]["eye_size"]["max"], 0, 0.5)
    assert (found["wrinkles"], found["freckles"], found["lips"]) == (aiko["wrinkles"], False, aiko["lips"])
    assert resolved({"theme": "__proto__"})["theme"] in THEMES
    assert resolved({"theme": "emil", "__proto__": {"hair": "bun"}})["hair"] == LOOKS["themes"]["emil"]["hair"]


def test_yes_and_no_stand_for_a_choice(studio: Any) -> None:
    found = studio.evaluate(
        """[{theme: 'ren', glasses: true, headphones: false}, {theme: 'zuri', headphones: true, glasses: true}]
        .map(resolve).map(look => [look.glasses, look.headphones])"""
    )
    assert found == [["round", "none"], ["round", "over"]]


def test_colours_that_follow_keep_their_distance(studio: Any) -> None:
    found = studio.evaluate("resolve({theme: 'emil', hair_colour: '#20242c'})")
    assert found["beard_colour"] != LOOKS["themes"]["emil"]["beard_colour"]
    assert int(found["beard_colour"][1:3], 16) < 80, "a dark beard to dark hair"
    own = studio.evaluate("resolve({theme: 'emil', hair_colour: '#20242c', beard_colour: '#c02020'})")
    assert own["beard_colour"] == "#c02020"


def test_shades_of_every_skin_are_darker_than_it_and_its_lines_darkest(studio: Any) -> None:
    lightness = """skin => { const c = built('kai', {skin}).colour;
        const part = (h, i) => parseInt(h.slice(i, i + 2), 16);
        const light = v => {
          const h = v.match(/#[0-9a-f]{6}/i)[0];
          return 0.3 * part(h, 1) + 0.59 * part(h, 3) + 0.11 * part(h, 5);
        };
        return [c.skinLight, c.skin, c.skinShade, c.skinDeep, c.skinLine].map(light); }"""
    for skin in ("#ffe9de", "#f3cdb4", "#e9b48c", "#c98d63", "#98603f", "#6f4328", "#4a2c1e", "#c4dcf6", "#8fbf7a"):
        found = studio.evaluate(lightness, skin)
        assert found == sorted(found, reverse=True), skin
        assert found[1] - found[3] > 9, skin


@pytest.mark.parametrize("persona", ["mika", "juno"])
def test_shipped_characters_wear_their_look(studio: Any, persona: str) -> None:
    from ruamel.yaml import YAML

    card = YAML(typ="safe").load(ROOT / "characters" / persona / "character.yaml")
    look = card["look"]
    assert not set(look) - {"theme", *LOOKS["params"]}
    html = studio.evaluate("([t, look]) => built(t, look).html", [look["theme"], look])
    colours = {key: value for key, value in look.items() if LOOKS["params"].get(key, {}).get("kind") == "colour"}
    assert not [key for key, value in colours.items() if value not in html]


# --- the page about them


def test_the_page_about_avatars_is_current() -> None:
    spec = importlib.util.spec_from_file_location("make_avatars", ROOT / "docs" / "make_avatars.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.PAGE.read_text(encoding="utf-8") == script.page(), "python docs/make_avatars.py --table"
    pictures = set(script.sheets())
    shown = set(re.findall(r"pictures/avatars/(\w+)\.webp", script.PAGE.read_text(encoding="utf-8")))
    assert pictures == shown == {path.stem for path in script.PICTURES.iterdir()}
    assert set(THEMES) < shown
    assert sum(path.stat().st_size for path in script.PICTURES.iterdir()) < 600_000

"""Makes the pictures of docs/avatars.md, and the table of parameters in it, from the rig itself.

    python docs/make_avatars.py           draws the pictures (needs Chromium) and writes the table
    python docs/make_avatars.py --table   writes only the table
    python docs/make_avatars.py --check   exit code 1 when the table is not current

The rig draws into a page that is served from the checkout, without motion; nothing else is asked. Run it with the Python of
the test environment.
"""

# ruff: noqa: E501 - each sentence is one cell of a table
import argparse
import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIB = ROOT / "overlays" / "lib"
PAGE = ROOT / "docs" / "avatars.md"
PICTURES = ROOT / "docs" / "pictures" / "avatars"
BEGIN, END = "<!-- table: written by docs/make_avatars.py -->", "<!-- end of the table -->"
EXPRESSIONS = ("neutral", "joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy")
GESTURES = (("wave", 0.85), ("shrug", 0.5), ("nod", 0.42), ("tilt", 0.8), ("shake", 0.46), ("bow", 0.9))
SLIDERS = {
    "face_width": "kai", "jaw": "kai", "chin": "kai", "eye_size": "ren", "eye_tilt": "vega", "iris_size": "aiko", "lashes": "aiko",
    "brow_thickness": "kai", "mouth_width": "kai", "lips": "zuri", "wrinkles": "emil", "hair_volume": "zuri",
}  # fmt: skip
"""Sliders that are shown, and who shows them."""
CLOTHES = ("aiko", "ren", "kai", "emil", "zuri", "vega", "kai", "emil", "ren", "zuri")
HAIR = ("aiko", "zuri", "kai", "aiko", "ren", "zuri", "zuri", "ren", "ren", "kai", "kai", "kai", "emil")
HEAD, BUST = "90 0 620 620", "0 0 800 900"
QUALITY = 70
MEANING = {
    "skin": "colour of the skin; shadows, blush and lines follow it",
    "face_width": "narrow to wide; hair and headphones follow",
    "jaw": "pointed to square",
    "chin": "short to long",
    "cheek": "hollow to full",
    "ears": "at the sides (`human`, `elf`) or on top (`cat`, `fox`, `bunny`); `none` shows none where hair hides them",
    "nose": "its style",
    "nose_size": "its size",
    "mouth_width": "its width",
    "lips": "how full and coloured the lips are",
    "lip_colour": "their colour; it is mixed with the skin",
    "fang": "a small canine tooth",
    "freckles": "on cheeks and nose",
    "wrinkles": "lines of age about eyes, mouth and forehead",
    "face_mark": "something on the skin; `paint` and `circuit` have the colour `accent`",
    "beard": "its style",
    "beard_colour": "its colour",
    "eye_colour": "colour of the iris",
    "eye_shape": "the outline of the eyes",
    "eye_size": "their size",
    "eye_spacing": "their distance",
    "eye_tilt": "outer corners down to up",
    "iris_size": "size of the iris",
    "lashes": "thin to long, with a wing",
    "brow_thickness": "fine to bushy",
    "brow_height": "low to high",
    "hair": "what hangs or stands behind the head",
    "fringe": "hair at the forehead; `bald` and `buzz` have none",
    "locks": "hair beside the face",
    "hair_volume": "flat to big",
    "tuft": "loose hair on top, with the fringes `straight` and `swept`",
    "hair_colour": "colour of hair and brows",
    "hair_light": "colour of its light strands",
    "hair_tip": "colour of the tips of long hair",
    "glasses": "their style; `sun` is tinted, `visor` has the colour `accent`",
    "glasses_colour": "colour of the frame",
    "headphones": "`bright` has a coloured band, `headset` a microphone, `pods` aerials",
    "headphones_colour": "their colour",
    "earrings": "in the colour `accent`",
    "headwear": "pins, flower, bow or a hat, in the colour `accent`",
    "neckwear": "in the colour `accent`",
    "choker": "a band with a bell about the neck",
    "outfit": "the clothes",
    "outfit_colour": "their colour",
    "shirt_colour": "what shows under them",
    "accent": "colour of the small things: bow, tie, jewellery, print",
    "shoulders": "slight to broad",
}
DRAW = """async ({list, width, columns, box, pad}) => {
  const {Rig} = await import('/lib/rig.js');
  const [, , w, h] = box.split(' ').map(Number);
  const height = Math.round(width * h / w);
  document.body.replaceChildren();
  Object.assign(document.body.style, {
    margin: 0, display: 'grid', gridTemplateColumns: `repeat(${columns}, ${width}px)`, gap: `${pad}px`, padding: `${pad}px`,
    background: '#e8eaf6', width: 'max-content',
  });
  for (const one of list) {
    const host = document.createElement('div');
    Object.assign(host.style, {width: `${width}px`, height: `${height}px`, overflow: 'hidden', borderRadius: `${pad}px`});
    if (pad) host.style.background = '#f5f6fd';
    document.body.append(host);
    const rig = new Rig(host, {theme: one.theme, look: one.look ?? {}, seed: 3, reduced: !one.gesture});
    if (one.expression) rig.express(one.expression, one.intensity ?? 1);
    rig.settle(1);
    if (one.gesture) {
      rig.gesture(one.gesture);
      for (let t = 0; t < one.at; t += 1 / 60) rig.tick(1 + t, 1 / 60);
    }
    rig.svg.setAttribute('viewBox', box);
    rig.svg.setAttribute('width', width);
    rig.svg.setAttribute('height', height);
  }
}"""


def table_of_looks() -> dict[str, Any]:
    """The table of overlays/lib/rig/looks.js: `groups`, `params`, `themes`."""
    text = (LIB / "rig" / "looks.js").read_text(encoding="utf-8").partition("export default")[2]
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


def values(param: dict[str, Any]) -> str:
    """What a parameter may be, for a cell of the table."""
    match param["kind"]:
        case "choice":
            return " ".join(f"`{option}`" for option in param["options"])
        case "number":
            return f"{param['min']:g} to {param['max']:g}, usual {param['default']:g}"
        case "flag":
            return "`true`, `false`"
        case _:
            return f'`"#rrggbb"`; follows `{param["follows"]}`' if "follows" in param else '`"#rrggbb"`'


def table() -> str:
    """The generated part of the page: one table for each group of parameters."""
    looks = table_of_looks()
    missing, stale = looks["params"].keys() - MEANING.keys(), MEANING.keys() - looks["params"].keys()
    if missing or stale:
        raise SystemExit(
            f"docs/make_avatars.py: no sentence for {sorted(missing)}, or no such parameter: {sorted(stale)}"
        )
    out = [BEGIN, "", f"Themes: {', '.join(f'`{name}`' for name in looks['themes'])}."]
    for group in looks["groups"]:
        rows = [
            f"| `{key}` | {values(param)} | {MEANING[key]} |"
            for key, param in looks["params"].items()
            if param["group"] == group
        ]
        out += ["", f"### {group.capitalize()}", "", "| key | values | |", "|---|---|---|", *rows]
    return "\n".join([*out, "", END])


def page() -> str:
    """The page with its table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + table() + after


# ------------------------------------------------------------------------------------------------------------- pictures
def sheets() -> dict[str, dict[str, Any]]:
    """What is on each picture: the people, and how they are laid out."""
    looks = table_of_looks()
    themes = list(looks["themes"])
    params = looks["params"]
    plain = {"headphones": "none", "headwear": "none", "ears": "human"}
    sliders = [
        {"theme": theme, "look": {**plain, "glasses": "none", key: params[key][end]}}
        for key, theme in SLIDERS.items()
        for end in ("min", "max")
    ]
    fringes = {
        "close": "undercut",
        "short": "tousled",
        "spiky": "tousled",
        "curls": "curls",
        "bun": "curtain",
        "braids": "slick",
    }
    hair = [
        {"theme": theme, "look": {**plain, "hair": style, "fringe": fringes.get(style, "swept"), "locks": "none"}}
        for theme, style in zip(HAIR, params["hair"]["options"], strict=True)
    ]
    clothes = [
        {"theme": theme, "look": {"outfit": style, "neckwear": "none"}}
        for theme, style in zip(CLOTHES, params["outfit"]["options"], strict=True)
    ]
    out: dict[str, dict[str, Any]] = {
        name: {
            "list": [{"theme": name, "expression": mood} for mood in EXPRESSIONS],
            "width": 226,
            "columns": 3,
            "box": HEAD,
            "pad": 10,
        }
        for name in themes
    }
    out["everybody"] = {"list": [{"theme": name} for name in themes], "width": 420, "columns": 3, "box": BUST, "pad": 0}
    out["gestures"] = {
        "list": [{"theme": themes[i], "gesture": name, "at": at, "expression": "joy", "intensity": 0.45} for i, (name, at) in enumerate(GESTURES)],
        "width": 260, "columns": 3, "box": BUST, "pad": 10,
    }  # fmt: skip
    out["sliders"] = {"list": sliders, "width": 138, "columns": 8, "box": "140 50 520 560", "pad": 8}
    out["hair"] = {"list": hair, "width": 144, "columns": 7, "box": "20 0 760 760", "pad": 8}
    out["clothes"] = {"list": clothes, "width": 180, "columns": 5, "box": "60 200 680 700", "pad": 8}
    out["intensity"] = {
        "list": [{"theme": "kai", "expression": "joy", "intensity": part} for part in (0, 0.25, 0.5, 0.75, 1)],
        "width": 160, "columns": 5, "box": HEAD, "pad": 8,
    }  # fmt: skip
    return out


def launch(playwright: Any) -> Any:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit("the pictures need Chromium")
    flags = ["--disable-gpu", "--hide-scrollbars"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=program, args=flags)


def serve(route: Any) -> None:
    """Answers from the checkout's folder of overlays; everything else is an empty page."""
    name = route.request.url.split("/", 3)[3].partition("?")[0]
    path = (LIB.parent / name).resolve()
    if path.is_file() and path.is_relative_to(LIB.parent) and path.suffix == ".js":
        route.fulfill(body=path.read_bytes(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>avatars</title>", content_type="text/html; charset=utf-8")


def draw() -> None:
    """Writes every picture; says how large they are."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        tab = browser.new_page(viewport={"width": 1320, "height": 900})
        tab.route("**/*", serve)
        tab.goto("http://rig.invalid/")
        for name, sheet in sheets().items():
            tab.evaluate(DRAW, sheet)
            png = tab.locator("body").screenshot(type="png")
            Image.open(io.BytesIO(png)).convert("RGB").save(PICTURES / f"{name}.webp", quality=QUALITY, method=6)
        browser.close()
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.name:<20} {path.stat().st_size / 1000:8.1f} kB")


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Makes the pictures and the table of docs/avatars.md.")
    options.add_argument("--table", action="store_true", help="only the table")
    options.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 when the table is not current"
    )
    chosen = options.parse_args(arguments)
    if chosen.check:
        current = PAGE.read_text(encoding="utf-8") == page()
        print(
            "docs/avatars.md is current"
            if current
            else "docs/avatars.md is not current: python docs/make_avatars.py --table"
        )
        return 0 if current else 1
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    if not chosen.table:
        draw()
    return 0


if __name__ == "__main__":
    sys.exit(main())

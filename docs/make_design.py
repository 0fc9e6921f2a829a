"""Makes docs/pictures/design.png from docs/specimen.html and the shipped styles: `python docs/make_design.py`.

Needs playwright and a Chromium (`--chromium PATH`); nothing is loaded from elsewhere.
"""

import argparse
import io
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STYLES = ("overlays/design/tokens.css", "overlays/design/base.css", "docs/specimen.css")
PICTURE = ROOT / "docs" / "pictures" / "design.png"
WIDTH = 780


def specimen() -> str:
    """The sheet as one document."""
    styles = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in STYLES)
    body = (ROOT / "docs" / "specimen.html").read_text(encoding="utf-8")
    title = "<title>Design</title>"
    return f'<!doctype html><html lang="en"><meta charset="utf-8">{title}<style>{styles}</style>{body}</html>'


def main(arguments: list[str] | None = None) -> int:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description="Makes the picture of the design system.")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    chosen = parser.parse_args(arguments)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chosen.chromium, args=["--no-sandbox"])
        halves: list[Image.Image] = []
        for scheme in ("dark", "light"):
            page = browser.new_page(
                viewport={"width": WIDTH, "height": 400}, color_scheme=scheme, reduced_motion="reduce"
            )
            page.set_content(specimen())
            page.locator("button.accent").focus()
            page.keyboard.press("Tab")
            halves.append(Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB"))
        browser.close()
    both = Image.new("RGB", (2 * WIDTH, max(half.height for half in halves)))
    for index, half in enumerate(halves):
        both.paste(half, (index * WIDTH, 0))
    both.save(PICTURE, optimize=True)
    print(f"{PICTURE.name}: {both.width} x {both.height}, {PICTURE.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Every refusal of the desks has its sentence in the panel, in every language; that of the answer is for programs."""

import json
import re
from pathlib import Path

import pytest

from streamer import app, web
from streamer.texts import LANGUAGES, texts

APP, WEB = Path(app.__file__).parent, Path(web.__file__).parent
SAID_BY_ITSELF = frozenset(("bad_character", "invalid"))
"""Files and lines, and what a program sent wrong: told by the answer."""


def codes(pattern: str, *files: Path) -> set[str]:
    return {code for file in files for code in re.findall(pattern, file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_worded(language: str) -> None:
    problem, picture = r'Problem\(\s*\d+,\s*"(\w+)"', r'BadPicture\(\s*"(\w+)"'
    cast = codes(problem, APP / "casting/desk.py", WEB / "characters.py") - SAID_BY_ITSELF
    cast |= {
        "picture_unreadable",
        *(f"picture_{code}" for code in codes(picture, APP / "picturefile.py", APP / "pictures.py")),
    }
    night = codes(problem, APP / "night/jobs.py", WEB / "rehearsals.py") - {"not_found"}
    setup = codes(r'(?:problem\(\s*\d+,\s*|notice\()"(\w+)"', *(APP / "setup").glob("*.py"))
    assert min(map(len, (cast, night, setup))) > 3
    for folder, prefix, wanted in (("characters", "character.problem", cast), ("night", "night.problem", night)):
        table = json.loads((WEB / "panel" / folder / "texts" / f"{language}.json").read_text(encoding="utf-8"))
        assert [code for code in sorted(wanted) if not table.get(f"{prefix}.{code}")] == []
    assert [code for code in sorted(setup) if not texts(language).get(f"setup.problem.{code}")] == []

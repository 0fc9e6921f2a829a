"""The same keys and places in every language, and words for every code the program uses."""

import ast
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

from streamer.core.commands import DropReason
from streamer.ports import Notice
from streamer.texts import LANGUAGES, fill, language_of, placeholders, say, texts

ROOT = Path(__file__).parents[2] / "streamer"
OTHERS = [language for language in LANGUAGES if language != "en"]


def codes() -> Iterator[tuple[str, str]]:
    """Every `Notice("literal", ...)` in the program, with its file."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Notice"
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, path.name


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_keys(language: str) -> None:
    from streamer.texts import _table

    assert set(_table(language)) == set(_table("en"))


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_places(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(other[key]) for key in english
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    assert [key for key, text in texts(language).items() if not text.strip()] == []


def test_every_notice_in_the_program_has_words() -> None:
    table = texts("en")
    assert [(code, where) for code, where in codes() if code not in table] == []


def test_every_entry_of_the_log_has_words() -> None:
    used: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("panel.log", "rows.entry")):
                used |= {str(arg.value) for arg in node.args if isinstance(arg, ast.Constant) and "." in str(arg.value)}
    assert [code for code in sorted(used) if code not in texts("en")] == []


def test_every_drop_reason_has_words() -> None:
    table = texts("en")
    assert [reason for reason in typing.get_args(DropReason) if f"drop.{reason}" not in table] == []


def test_every_why_of_the_core_has_words() -> None:
    used: set[str] = set()
    for path in (ROOT / "core").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "why":
                either = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
                used |= {str(each.value) for each in either if isinstance(each, ast.Constant)}
    assert used >= {"idle", "banter", "host", "reply"}
    assert [why for why in sorted(used) if f"why.{why}" not in texts("en")] == []


def test_a_notice_is_said_with_its_fix() -> None:
    notice = Notice("chat.ok", {"channel": "friday"}, "fix.check_network")
    assert say(notice) == "Reading friday. Fix: check the network"
    assert say(notice, "ja-JP") == "fridayを読んでいます。対処：ネットワークを確認してください"


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert say(Notice("nobody.worded.this")) == "nobody.worded.this"
    assert say(Notice("part.ok", {}, "turn the key")) == "Works. Fix: turn the key"


def test_parameters_are_never_read_as_places() -> None:
    assert fill("{a} and {b}", {"a": "{b}", "b": "{0.__class__}"}) == "{b} and {0.__class__}"
    assert fill("{a} and {missing}", {"a": 1}) == "1 and {missing}"


def test_a_tag_leads_to_a_language() -> None:
    assert [language_of(tag) for tag in ("ja", "ja-JP", "ja_JP", "EN-gb", "fr", "")] == [
        "ja",
        "ja",
        "ja",
        "en",
        "en",
        "en",
    ]

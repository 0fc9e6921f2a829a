"""Single values change; comments, order, notation and every other byte stay."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.app.setup.yamltext import DELETE, Changes, edited, find, same
from streamer.app.yamlfile import BadFiles, parse_yaml

FILE = """\
# My show.
show:
  title: Friday   # as on the poster
  cast: [mika, juno]

# juno is offline on purpose
llm: {profile: ollama, model: "llama3.2"}   # the old laptop

tts:
    # quick enough
    first_audio_s: 2.5
    chain:
        - edge      # first
        - espeak
    # edge is further down

sentences: >-
  She is loud
  and right.

# the end
"""


def data_of(text: str) -> Any:
    return parse_yaml(text, "x")[0]


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({("show", "title"): "Saturday"}, "title: Friday   #", "title: Saturday   #"),
        ({("show", "title"): "yes"}, "title: Friday ", 'title: "yes" '),
        ({("show", "title"): "20:00"}, "title: Friday ", 'title: "20:00" '),
        ({("show", "cast"): ["ren"]}, "cast: [mika, juno]", "cast: [ren]"),
        ({("show", "cast"): DELETE}, "  cast: [mika, juno]\n", ""),
        ({("show", "dial"): "chatty"}, "  cast: [mika, juno]\n", "  cast: [mika, juno]\n  dial: chatty\n"),
        ({("llm", "model"): "qwen3:8b"}, '"llama3.2"', '"qwen3:8b"'),
        ({("llm", "profile"): DELETE}, "{profile: ollama, model", "{model"),
        ({("llm", "model"): DELETE}, ', model: "llama3.2"', ""),
        ({("llm", "base_url"): "http://localhost:1/v1"}, '3.2"}', '3.2", base_url: http://localhost:1/v1}'),
        ({("llm",): DELETE}, 'llm: {profile: ollama, model: "llama3.2"}   # the old laptop\n', ""),
        ({("tts", "chain"): ["espeak"]}, "        - edge      # first\n", ""),
        ({("tts", "stall_s"): 1}, "    # edge is further down\n", "    # edge is further down\n    stall_s: 1\n"),
        ({("sentences",): "Quiet."}, ">-\n  She is loud\n  and right.", "Quiet."),
        ({("show", "title"): None, ("web", "port"): True}, "", None),
    ],
)
def test_only_the_changed_value_is_written(changes: Changes, old: str, new: str | None) -> None:
    out = edited(FILE, changes)
    if ("tts", "stall_s") in changes:  # a comment as far in as the keys stays with the block behind or before it
        assert "    stall_s: 1\n" in out
    elif new is not None:
        assert out == FILE.replace(old, new, 1)
    for path, value in changes.items():
        assert find(data_of(out), path) == value


def test_nothing_is_written_when_nothing_changes() -> None:
    data = data_of(FILE)
    assert edited(FILE, {(key,): value for key, value in data.items()}) == FILE
    assert edited(FILE, {("web", "port"): DELETE, ("show", "x", "y"): DELETE}) == FILE


def test_a_mapping_is_compared_key_by_key() -> None:
    out = edited(FILE, {("llm",): {"profile": "groq", "model": "llama3.2", "base_url": ""}})
    assert 'llm: {profile: groq, model: "llama3.2", base_url: ""}   # the old laptop' in out
    out = edited(FILE, {("llm",): {"profile": "groq"}})
    assert "llm: {profile: groq}   # the old laptop" in out


def test_a_section_that_is_only_comments_is_filled_in_place() -> None:
    text = "chat:\n  # twitch:\n  #   channel: you\n  # bots\n\nweb:\n  port: 1\n"
    out = edited(text, {("chat", "twitch", "channel"): "mika_live"})
    assert out == text.replace("chat:\n", "chat:\n  twitch:\n    channel: mika_live\n", 1)
    assert edited(out, {("chat", "twitch"): DELETE}) == text.replace("chat:\n", "chat: {}\n", 1)


def test_the_indent_of_the_file_is_kept() -> None:
    out = edited(FILE, {("tts", "edge", "accept_terms"): True})
    assert "\n    edge:\n        accept_terms: true\n" in out


def test_an_empty_file_and_one_of_comments_can_be_filled() -> None:
    assert edited("", {("a", "b"): 1}) == "a:\n  b: 1\n"
    assert edited("# mine", {("a",): "x"}) == "# mine\na: x\n"
    assert edited("{}", {("a",): "x"}) == "{a: x}\n"


def test_long_text_is_written_as_a_block_and_reads_the_same() -> None:
    text = "A sentence that goes on. " * 20 + "End."
    out = edited(FILE, {("sentences",): text, ("more",): "one\ntwo"})
    assert ">-\n  A sentence" in out
    assert "more: |-\n  one\n  two\n" in out
    assert (data_of(out)["sentences"], data_of(out)["more"]) == (text, "one\ntwo")


@pytest.mark.parametrize(
    "text",
    ["a: &x {k: 1}\nb: *x\n", "base: &x\n  k: 1\nb:\n  <<: *x\n  l: 2\n", "a: 1\n---\nb: 2\n", "- 1\n- 2\n", "a: [1\n"],
)
def test_what_cannot_be_changed_safely_is_refused(text: str) -> None:
    with pytest.raises(BadFiles) as refused:
        edited(text, {("a", "k"): 2, ("base", "k"): 2, ("b", "k"): DELETE}, shown="mine.yaml")
    assert refused.value.problems[0].file == "mine.yaml"


def test_values_that_yaml_cannot_hold_are_refused() -> None:
    for value in (float("nan"), float("inf"), "\ud800"):
        with pytest.raises(ValueError):
            edited("a: 1\n", {("a",): value})


def test_equal_is_equal_in_type() -> None:
    assert not same(True, 1)
    assert not same({"a": [1]}, {"a": [1.0]})
    assert same({"a": [1, None]}, {"a": [1, None]})
    assert edited("a: 1\n", {("a",): True}) == "a: true\n"


# --- any file, any changes --------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "model", "x-1", "ミカ", "a key", "on", "12"])
WORDS = st.one_of(
    st.sampled_from(["", "yes", "12:30", "a # b", "a: b", "- a", "~", "#", "{", "end ", "llama3.2:3b", "0x1", "1e3"]),
    st.text(max_size=12),
    st.text(alphabet="ab \n", min_size=1, max_size=200),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 99), st.floats(allow_nan=False, allow_infinity=False), WORDS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=5,
)


class Writer:
    """A file as people write them: mixed notations and indents, comments between the keys. `inside` holds, for every
    comment, the paths of the mappings it lies in."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.inside: dict[str, set[tuple[str, ...]]] = {}
        self.after_text = False

    def comment(self, path: tuple[str, ...], column: int) -> None:
        words = f"# {len(self.inside)} : x"
        self.inside[words] = {path[:size] for size in range(1, len(path) + 1)}
        # Further in behind a block of text it would be text.
        self.lines.append(" " * (0 if self.after_text else self.draw(st.sampled_from([0, column, column + 2]))) + words)

    def mapping(self, path: tuple[str, ...], column: int, depth: int) -> None:
        draw = self.draw
        for key in draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1, max_size=4)):
            if draw(st.booleans()):
                self.comment(path, column)
            if draw(st.integers(0, 5)) == 0:
                self.lines.append("")
            self.entry((*path, key), column, depth)

    def entry(self, path: tuple[str, ...], column: int, depth: int) -> None:
        draw, pad = self.draw, " " * column
        trailing = draw(st.sampled_from(["", "  # trailing"]))
        kinds = ["plain", "quoted", "empty", "flow", "flow map", "list", "literal", "folded", "next line"]
        kind = draw(st.sampled_from(kinds + (["map"] * 4 if depth < 3 else [])))
        inline = {
            "plain": "some words", "quoted": "'it''s'", "empty": "", "flow": "[1, 'b,]', x]",
            "flow map": '{a: 1, "b": [2, 3], c: }',
        }  # fmt: skip
        head = f"{pad}{path[-1]}:"
        self.after_text = False
        if kind in inline:
            self.lines.append(f"{head} {inline[kind]}".rstrip() + trailing)
        elif kind == "next line":
            self.lines += [head + trailing, f"{pad}  on the next line"]
        elif kind == "list":
            dash = pad + " " * draw(st.sampled_from([0, 2]))
            self.lines += [head + trailing, f"{dash}- one", f"{dash}- k: 1", f"{dash}  l: 2"]
        elif kind in ("literal", "folded"):
            mark = "|" if kind == "literal" else ">-"
            self.lines += [f"{head} {mark}{trailing}", f"{pad}    text", "", f"{pad}    # is text"]
            self.after_text = True
        else:
            self.lines.append(head + trailing)
            step = draw(st.sampled_from([1, 2, 4]))
            self.mapping(path, column + step, depth + 1)


def paths(data: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    out = [path] if path else []
    if isinstance(data, dict):
        for key, value in data.items():
            out += paths(value, (*path, key))
    return out


def put(data: Any, path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        if not isinstance(data.get(key), dict):
            data[key] = {}
        data = data[key]
    data[path[-1]] = value


@settings(max_examples=40)
@given(st.data())
def test_any_changes_keep_every_comment_outside_what_went(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    writer.mapping((), 0, 0)
    if data.draw(st.booleans()):
        writer.comment((), 0)
    text = "\n".join(writer.lines) + data.draw(st.sampled_from(["", "\n", "\n\n"]))
    wanted = data_of(text + "\n")
    for _ in range(data.draw(st.integers(1, 4))):
        known = paths(wanted)
        path = data.draw(st.sampled_from(known)) if known and data.draw(st.booleans()) else ()
        path = (*path, data.draw(KEYS)) if not path or data.draw(st.booleans()) else path
        value = data.draw(st.one_of(st.just(DELETE), VALUES))
        gone = {path} if not isinstance(value, dict) else {each for each in known if each[: len(path)] == path}
        if value is DELETE and find(wanted, path) is DELETE:
            gone = set()
        text = edited(text, {path: value})
        if value is not DELETE:
            put(wanted, path, value)
        elif find(wanted, path) is not DELETE:
            parent = find(wanted, path[:-1])
            assert isinstance(parent, dict)
            del parent[path[-1]]
        assert same(data_of(text + "\n"), wanted)
        writer.inside = {words: inside for words, inside in writer.inside.items() if not inside & gone}
        lines = {line.strip() for line in text.split("\n")}
        assert [words for words in writer.inside if words not in lines] == []

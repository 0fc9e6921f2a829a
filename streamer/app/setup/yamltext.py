"""Changes single values in the text of a YAML file and leaves every other byte of it alone.

Dumping a loaded file again, as round-trip libraries do, moves comments: one above a block belongs to the value before
it and goes with that value. So ruamel.yaml only says where each value stands (its node marks), the text is cut there,
and the outcome is read again and compared with what it should hold. What cannot be changed safely is refused.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, NoReturn, TypeAlias

from streamer.app.setup import yamlwrite
from streamer.app.yamlfile import BadFiles, LineOf, Problem, parse_yaml

Path_: TypeAlias = tuple[str, ...]
Plain: TypeAlias = str | int | float | bool | Sequence[Any] | Mapping[str, Any] | None


class Gone(Enum):
    """The type of `DELETE`."""

    DELETE = "delete"


DELETE: Final = Gone.DELETE
Changes: TypeAlias = Mapping[Path_, Plain | Gone]

_COLON = re.compile(r"[ \t]*:")
_ALIAS = re.compile(r"\s*\*[^\s,\]}]+")
_BLOCK_HEAD = re.compile(r"(?:[!&]\S*[ \t]+)*[|>]([+-]?)([1-9]?)([+-]?)")


class _UnclearError(Exception):
    """This place of the text is written in a way that is not taken apart here."""


def edited(text: str, changes: Changes, *, shown: str = "") -> str:
    """The text with the changes made, in their order; the same text when it already says so.

    A path leads through mappings (lists are one value). A mapping as a value is compared key by key, so that only what
    differs is written; keys it does not name go. Missing mappings on the way are made, deleting what is not there does
    nothing. Raises BadFiles when the text is no YAML mapping, or when a place cannot be changed without touching
    others (an alias, an anchor in use, an unusual notation); ValueError for values YAML cannot hold.
    """
    original = text
    if text and not text.endswith("\n"):
        text += "\n"  # with it a block of text at the end gets its own last line break, before and after
    data, line_of = parse_yaml(text, shown)
    if not isinstance(data, dict):
        raise BadFiles([Problem(shown, 1, "", "must be a mapping of keys to values")])
    wanted: Any = copy.deepcopy(data)
    for path, value in changes.items():
        if not path:
            raise ValueError("a change needs a path")
        for step, leaf in _steps(wanted, path, value):
            try:
                text = _deleted(text, step) if isinstance(leaf, Gone) else _set(text, step, leaf)
            except _UnclearError:
                _refuse(shown, line_of, step)
        _put(wanted, path, value)
        _verify(text, wanted, shown, line_of, path)
    return original if text == f"{original}\n" else text


def _verify(text: str, wanted: Any, shown: str, line_of: LineOf, path: Path_) -> None:
    try:
        found, _ = parse_yaml(text, shown)
    except BadFiles:
        _refuse(shown, line_of, path)
    if not same(found, wanted):
        _refuse(shown, line_of, path)


def _refuse(shown: str, line_of: LineOf, path: Path_) -> NoReturn:
    raise BadFiles(
        [Problem(shown, line_of(path), ".".join(path), "is written in a way that has to be changed by hand")]
    )


def same(one: Any, other: Any) -> bool:
    """Equal in type too: true is not 1, and 1 is not 1.0."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def find(data: Any, path: Path_) -> Plain | Gone:
    """The value at a path of nested mappings; DELETE when there is none."""
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return DELETE
        data = data[key]
    return data


def _steps(data: Any, path: Path_, value: Plain | Gone) -> list[tuple[Path_, Plain | Gone]]:
    """The leaves that have to be written, additions first: a block is never empty in between."""
    now = find(data, path)
    if isinstance(value, Gone):
        return [] if now is DELETE else [(path, DELETE)]
    if isinstance(value, Mapping) and isinstance(now, Mapping) and value and now:
        sets = [step for key, each in value.items() for step in _steps(data, (*path, key), each)]
        return sets + [((*path, key), DELETE) for key in now if key not in value]
    return [] if now is not DELETE and same(now, _listed(value)) else [(path, value)]


def _listed(value: Any) -> Any:
    """Plain dicts and lists, as a file is read."""
    if isinstance(value, Mapping):
        return {str(key): _listed(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_listed(each) for each in value]
    return value


def _put(data: dict[str, Any], path: Path_, value: Plain | Gone) -> None:
    if isinstance(value, Gone):
        node = find(data, path[:-1])
        if isinstance(node, dict):
            node.pop(path[-1], None)
        return
    node = data
    for key in path[:-1]:
        below = node.get(key)
        node[key] = node = below if isinstance(below, dict) else {}
    node[path[-1]] = _listed(value)


# --- where things stand -----------------------------------------------------------------------------------------------


def _compose(text: str) -> Any:
    from ruamel.yaml import YAML

    root: Any = YAML(typ="safe", pure=True).compose(text)
    return None if root is None or (root.id == "scalar" and root.start_mark.index == root.end_mark.index) else root


def _pair(parent: Any, key: str) -> tuple[Any, Any] | None:
    found = next(((name, value) for name, value in parent.value if name.id == "scalar" and name.value == key), None)
    if found is not None and _is_alias(*found):
        raise _UnclearError
    return found


def _is_alias(key: Any, value: Any) -> bool:
    """An alias is composed as the node it stands for, which came earlier."""
    return value.start_mark.index < key.end_mark.index


def _is_empty(value: Any) -> bool:
    return value.id == "scalar" and value.start_mark.index == value.end_mark.index


def _colon(text: str, key: Any) -> int:
    """The place behind the colon of a key."""
    match = _COLON.match(text, key.end_mark.index)
    if match is None:
        raise _UnclearError
    return match.end()


def _end(text: str, key: Any, value: Any) -> int:
    """Where a value really ends: marks of blocks run on over the comments and blank lines behind them."""
    if _is_alias(key, value):
        match = _ALIAS.match(text, _colon(text, key))
        if match is None:
            raise _UnclearError
        return match.end()
    if _is_empty(value):
        match = _COLON.match(text, key.end_mark.index)
        return match.end() if match else key.end_mark.index
    return _node_end(text, value, key.start_mark.column)


def _flow_end(text: str, key: Any, value: Any) -> int:
    """Inside brackets the colon of an empty value needs a space behind it, else it belongs to the key."""
    at = _end(text, key, value)
    return at + 1 if _is_empty(value) and text[at - 1 : at + 1] == ": " else at


def _node_end(text: str, node: Any, column: int) -> int:
    if node.id == "scalar" and node.style in ("|", ">"):
        return _block_scalar_end(text, node.start_mark.index, column)
    if node.id == "scalar" or node.flow_style:
        return node.end_mark.index
    if node.id == "mapping":
        return _end(text, *node.value[-1])
    last = node.value[-1]
    if _is_empty(last) or (len(node.value) > 1 and last.start_mark.index <= node.value[-2].start_mark.index):
        raise _UnclearError  # an item that is empty or an alias does not say where it stands
    return _node_end(text, last, node.start_mark.column)


def _block_scalar_end(text: str, start: int, column: int) -> int:
    head = _BLOCK_HEAD.match(text, start)
    if head is None:
        raise _UnclearError
    keep = "+" in (head[1], head[3])
    inside = column + int(head[2]) if head[2] else 0
    end = at = _line_end(text, start)
    while at < len(text):
        stop = _line_end(text, at + 1)
        line = text[at + 1 : stop]
        if line.strip(" "):
            indent = len(line) - len(line.lstrip(" "))
            if not inside:
                inside = max(indent, column + 1)
            if indent < inside:
                break
            end = stop
        elif keep:
            end = stop
        at = stop
    return end


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """The place of the line break, or the end of the text."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _indents(root: Any) -> tuple[int, int]:
    """How far the file moves nested mappings in, and the dashes of lists under their key."""
    step, dash = 0, -1
    todo = [root]
    while todo and (not step or dash < 0):
        node = todo.pop(0)
        for key, value in node.value:
            if _is_alias(key, value) or value.id == "scalar" or value.flow_style or not value.value:
                continue
            inward = value.start_mark.column - key.start_mark.column
            if value.id == "mapping":
                step = step or inward
                todo.append(value)
            else:
                dash = inward if dash < 0 else dash
    step = step or 2
    return step, (min(step, 2) if dash < 0 else dash)


# --- changing ---------------------------------------------------------------------------------------------------------


def _set(text: str, path: Path_, value: Any) -> str:
    root = _compose(text)
    if root is None:
        head = text if not text or text.endswith("\n") else text + "\n"
        return head + "\n".join(yamlwrite.entry(path[0], _nested(path[1:], value), 0)) + "\n"
    parent = root
    step, dash = _indents(root)
    for depth, key in enumerate(path):
        pair = _pair(parent, key)
        if pair is None:
            return _inserted(text, parent, key, _nested(path[depth + 1 :], value), (step, dash))
        below = pair[1]
        if depth == len(path) - 1 or below.id != "mapping" or not below.value:
            return _replaced(text, parent, pair, _nested(path[depth + 1 :], value), (step, dash))
        if not below.flow_style:
            step = below.start_mark.column - pair[0].start_mark.column
        parent = below
    raise _UnclearError


def _nested(path: Path_, value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _inserted(text: str, parent: Any, key: str, value: Any, indents: tuple[int, int]) -> str:
    """A key that was not there: behind the last one of its mapping."""
    if parent.flow_style:
        if not parent.value:
            at = text.index("{", parent.start_mark.index) + 1
            return f"{text[:at]}{yamlwrite.flow_entry(key, value)}{text[at:]}"
        at = _flow_end(text, *parent.value[-1])
        return f"{text[:at]}, {yamlwrite.flow_entry(key, value)}{text[at:]}"
    column = parent.value[0][0].start_mark.column
    at = _behind_comments(text, _line_end(text, _end(text, *parent.value[-1])), column)
    blocks = _may_hold_block(text, at, column + 1)
    lines = yamlwrite.entry(key, value, column, step=indents[0], dash=indents[1], blocks=blocks)
    apart = column == 0 and len(lines) > 1 and "\n\n" in text and text[_line_start(text, at) : at].strip()
    return _with_lines(text, at, ["", *lines] if apart else lines)


def _behind_comments(text: str, at: int, column: int) -> int:
    """Comments further in than the new key belong to the block before it."""
    while at < len(text):
        stop = _line_end(text, at + 1)
        line = text[at + 1 : stop]
        if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) <= column:
            break
        at = stop
    return at


def _with_lines(text: str, at: int, lines: Sequence[str]) -> str:
    """Whole lines behind the one that ends at `at`."""
    rest = text[at:] or "\n"
    return f"{text[:at]}\n" + "\n".join(lines) + rest if lines else text


def _may_hold_block(text: str, at: int, column: int) -> bool:
    """Whether a block of text may end here: an indented comment right behind it would become part of it."""
    for line in text[at:].split("\n")[1:]:
        if line.strip():
            return not (line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) >= column)
    return True


def _replaced(text: str, parent: Any, pair: tuple[Any, Any], value: Any, indents: tuple[int, int]) -> str:
    key, old = pair
    if parent.flow_style:
        quotes = (old.style or "") if old.id == "scalar" and isinstance(value, str) else ""
        return _replaced_in_flow(
            text, pair, yamlwrite.scalar(value, quotes=quotes) if quotes else yamlwrite.flow(value)
        )
    column, end = parent.value[0][0].start_mark.column, _end(text, key, old)
    is_block = old.id != "scalar" and not old.flow_style
    was_text = old.id == "scalar" and old.style in ("|", ">")
    seq_at = old.start_mark.column - column if is_block and old.id == "sequence" else -1
    head, lines = yamlwrite.value(
        value, column, step=indents[0], dash=seq_at if seq_at >= 0 else indents[1], listed=seq_at >= 0,
        quotes=(old.style or "") if old.id == "scalar" else "",
        blocks=was_text or (not is_block and _may_hold_block(text, _line_end(text, end), column + 1)),
    )  # fmt: skip
    behind = _colon(text, key)
    if is_block:
        begin = _line_start(text, old.start_mark.index)
        if begin <= behind:
            raise _UnclearError
        stop = _line_end(text, end)
        body = "\n".join(lines)
        text = text[:begin] + (body + text[stop:] if lines else text[stop + 1 :])
        return f"{text[:behind]} {head}{text[behind:]}" if head else text
    start = behind if _is_empty(old) else old.start_mark.index
    lead = " " if start == behind and head else ""
    if not head and "\n" not in text[behind:start]:
        start = behind
    text = text[:start] + lead + head + text[end:]
    return _with_lines(text, _line_end(text, start + len(lead) + len(head)), lines)


def _replaced_in_flow(text: str, pair: tuple[Any, Any], new: str) -> str:
    key, old = pair
    if _is_empty(old):
        match = _COLON.match(text, key.end_mark.index)
        at = match.end() if match else key.end_mark.index
        return f"{text[:at]}{' ' if match else ': '}{new}{text[at:]}"
    return text[: old.start_mark.index] + new + text[_end(text, key, old) :]


def _deleted(text: str, path: Path_) -> str:
    root = _compose(text)
    parent, above = root, None
    for key in path[:-1]:
        above = (parent, _pair(parent, key))
        parent = above[1][1] if above[1] else None
        if parent is None or parent.id != "mapping":
            raise _UnclearError
    pair = next(((key, value) for key, value in parent.value if key.id == "scalar" and key.value == path[-1]), None)
    if pair is None:  # it comes from a merged mapping
        raise _UnclearError
    if parent.flow_style:
        return _deleted_in_flow(text, parent, pair)
    if len(parent.value) == 1 and above is not None and above[1] is not None:
        return _replaced(text, above[0], above[1], {}, (2, 2))
    begin, stop = _line_start(text, pair[0].start_mark.index), _line_end(text, _end(text, *pair))
    if text[begin : pair[0].start_mark.index].strip():
        raise _UnclearError
    return text[:begin] + text[stop + 1 :]


def _deleted_in_flow(text: str, parent: Any, pair: tuple[Any, Any]) -> str:
    at = next(number for number, each in enumerate(parent.value) if each[0] is pair[0])
    begin, end = pair[0].start_mark.index, _end(text, *pair)
    if at + 1 < len(parent.value):
        comma = _comma(text, end)
        after = comma + 1
        while text[after : after + 1] == " ":
            after += 1
        return text[:begin] + text[after:]
    if at == 0:
        return text[:begin] + text[end:]
    before = _flow_end(text, *parent.value[at - 1])
    if "\n" not in text[before:begin]:
        return text[:before] + text[end:]
    comma = _comma(text, before)
    return text[:comma] + text[comma + 1 : begin] + text[end:]


def _comma(text: str, at: int) -> int:
    """The next comma of a flow collection that is not inside a comment."""
    while at < len(text) and text[at] != ",":
        if text[at] == "#" and text[at - 1].isspace():
            at = _line_end(text, at)
        elif text[at].isspace():
            at += 1
        else:
            break
    if text[at : at + 1] != ",":
        raise _UnclearError
    return at

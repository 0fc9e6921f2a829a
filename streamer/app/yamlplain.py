"""Reads the plain part of YAML quickly: block mappings and lists of quoted lines, as in a character's material.

A full YAML reader takes a quarter of a second for the thousand lines two personas have to say; a show should not wait
for that. Whatever is not plain is left to the full reader, so this one never decides what a file means, only how fast.
"""

import json
import re
from typing import Any

Place = tuple[str | int, ...]

_KEY = re.compile(r"^( *)([a-z_][a-z0-9_]*):$")
_ITEM = re.compile(r'^( *)- ("(?:[^"\\]|\\["\\])*")$')
_WORDS = re.compile(r"^( *)([a-z_][a-z0-9_]*): \[(.+)\]$")
_WORD = re.compile(r'("(?:[^"\\]|\\["\\])*"|[a-z][a-z ]*[a-z]|[a-z])(?:, |$)')
_NOT_STRINGS = frozenset(("null", "true", "false"))


def read_plain(text: str) -> tuple[dict[str, Any], dict[Place, int]] | None:
    """Data and the line of each key and item; None when the text is not plain throughout.

    Plain: mappings by indentation of two, lists of double-quoted strings (escapes: only quote and backslash),
    `[a, b]` of quoted strings or lower-case words, comments on lines of their own. A key without a value is not plain.
    """
    root: dict[str, Any] = {}
    lines: dict[Place, int] = {}
    path: list[tuple[str, dict[str, Any]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.lstrip(" ").startswith("#"):
            continue
        if item := _ITEM.match(line):
            if not path or len(item[1]) != 2 * len(path) or not _append(path, json.loads(item[2])):
                return None
            lines[(*(key for key, _ in path), len(path[-1][1][path[-1][0]]) - 1)] = number
            continue
        match = _KEY.match(line) or _WORDS.match(line)
        if match is None or len(match[1]) % 2 or len(match[1]) // 2 > len(path):
            return None
        deeper = len(match[1]) // 2 == len(path)
        del path[len(match[1]) // 2 :]
        parent = _inside(path) if path else root
        if parent is None or match[2] in parent or match[2] in _NOT_STRINGS or (path and deeper and parent):
            return None
        if match.re is _WORDS:
            words = _words(match[3])
            if words is None:
                return None
            parent[match[2]] = words
            lines |= {(*(key for key, _ in path), match[2], place): number for place in range(len(words))}
        else:
            parent[match[2]] = None
        lines[(*(key for key, _ in path), match[2])] = number
        path.append((match[2], parent))
    return (root, lines) if root and not _has_empty(root) else None


def _append(path: list[tuple[str, dict[str, Any]]], value: str) -> bool:
    key, parent = path[-1]
    if parent[key] is None:
        parent[key] = []
    if not isinstance(parent[key], list):
        return False
    parent[key].append(value)
    return True


def _inside(path: list[tuple[str, dict[str, Any]]]) -> dict[str, Any] | None:
    key, parent = path[-1]
    if parent[key] is None:
        parent[key] = {}
    return parent[key] if isinstance(parent[key], dict) else None


def _words(text: str) -> list[str] | None:
    words: list[str] = []
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            return None
        word = match[1]
        if word in _NOT_STRINGS:
            return None
        words.append(json.loads(word) if word.startswith('"') else word)
        at = match.end()
    return words if not text.endswith(", ") else None


def _has_empty(node: dict[str, Any]) -> bool:
    return any(value is None or (isinstance(value, dict) and _has_empty(value)) for value in node.values())

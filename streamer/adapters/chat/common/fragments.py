"""A message in pieces, and the older, shorter form of the same: text with places of its emotes."""

from collections.abc import Iterable, Sequence

from streamer.ports import Fragment

Emotes = tuple[tuple[int, int, str], ...]
"""(start, end, id): half-open ranges of code points, sorted."""


def text_of(fragments: Iterable[Fragment]) -> str:
    return "".join(fragment.text for fragment in fragments)


def emotes_of(fragments: Iterable[Fragment]) -> Emotes:
    """Where the platform's own emotes stand in the text of all pieces."""
    out: list[tuple[int, int, str]] = []
    place = 0
    for fragment in fragments:
        end = place + len(fragment.text)
        if fragment.type == "emote" and fragment.id and end > place:
            out.append((place, end, fragment.id))
        place = end
    return tuple(out)


def fragments_of(text: str, emotes: Sequence[tuple[int, int, str]]) -> tuple[Fragment, ...]:
    """Text and emotes alternating; places outside the text, empty or overlapping ones are left as text."""
    out: list[Fragment] = []
    done = 0
    for start, end, emote in sorted(emotes):
        if start < done or end > len(text) or end <= start:
            continue
        if start > done:
            out.append(Fragment("text", text[done:start]))
        out.append(Fragment("emote", text[start:end], id=emote))
        done = end
    if done < len(text):
        out.append(Fragment("text", text[done:]))
    return tuple(out)

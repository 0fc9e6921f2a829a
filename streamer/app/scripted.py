"""The brain without a model: the cast's own material, asked through the same hints a model's request carries."""

from collections import deque
from collections.abc import Mapping, Sequence

from streamer.cast import Improv, Persona, farewell, greet, improvise
from streamer.cast import late as late_line
from streamer.cast.honesty import honest_parts, plain
from streamer.cast.stock import stocked
from streamer.speech.speaker import pick

SAID_LINES = 240
OCCASIONS = {
    "raid": "raid", "gift_batch": "gift", "member_new": "sub", "resub": "sub", "milestone": "sub", "follow": "follow",
}  # fmt: skip
OPENING = "opening"


class ScriptedBrain:
    """Callable on `Completion.hints`; remembers what was said lately, so that nothing is repeated."""

    def __init__(self, cast: Sequence[Persona]) -> None:
        self.recast(cast)
        self._said: deque[str] = deque(maxlen=SAID_LINES)

    def recast(self, cast: Sequence[Persona]) -> None:
        """Other personas from the next line on. What one has not written itself comes from the stock."""
        self._cast = {persona.id: stocked(persona) for persona in cast}

    def __call__(self, hints: Mapping[str, str], seed: int) -> str:
        """The whole line with its stage tags; empty for a persona that is not in the cast."""
        persona = self._cast.get(hints.get("persona", ""))
        if persona is None:
            return ""
        line = self._compose(persona, hints, seed)
        self._said.append(line)
        return line

    def _compose(self, persona: Persona, hints: Mapping[str, str], seed: int) -> str:
        said = tuple(self._said)
        if hints.get("segment") == OPENING:
            return greet(persona, seed=seed, said=said)
        if hints.get("segment") == "closing":
            return farewell(persona, seed=seed, said=said)
        if hints.get("honest"):
            return _after_the_truth(persona, hints["honest"])
        line = improvise(persona, _task(hints), seed=seed, said=said)
        huffs = [huff for huff in persona.material.huffs if "{" not in huff]
        return f"{pick(huffs, seed)} {line}" if hints.get("manner") == "huff" and huffs else line

    def late(self, persona_id: str, seed: int) -> str:
        persona = self._cast.get(persona_id)
        return late_line(persona, seed=seed, said=tuple(self._said)) if persona is not None else "One moment."


def _after_the_truth(persona: Persona, honest: str) -> str:
    """What goes on after the sentence that was said first: the rest of the persona's own line, if there is one."""
    lines = persona.material.intents.get("are_you_ai", ())
    return next((rest for first, rest in honest_parts(lines) if plain(first) == plain(honest)), "")


def _task(hints: Mapping[str, str]) -> Improv:
    kind = hints.get("kind", "answer")
    if kind == "paid" and hints.get("why") == "redemption":
        text = hints.get("text", "") or hints.get("reward", "")
        return Improv(kind="answer", viewer_name=hints.get("viewer", ""), text=text)
    if kind == "paid":
        hints = {**hints, "prompt": ""}  # an order in words, which only a model can follow
    words = hints.get("text", "") or hints.get("prompt", "")
    match kind:
        case "say" | "exact" | "segment":
            return Improv(kind="segment", text=hints.get("prompt", "") or words)
        case "answer" | "paid" | "host" | "banter" | "idle":
            return Improv(
                kind=kind,
                viewer_name=hints.get("viewer", ""),
                text=words if kind != "banter" else hints.get("text", ""),
                partner_name=hints.get("partner_name", ""),
                partner_text=hints.get("partner_line", ""),
                turn=int(hints.get("turn", "0") or 0),
                last_turn=bool(hints.get("last_turn")),
                occasion=OCCASIONS.get(hints.get("why", ""), ""),
            )
        case _:
            return Improv(text=words)

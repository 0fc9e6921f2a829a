"""How every part of a house is doing, in the order the panel shows it."""

from collections.abc import Iterable, Mapping, Sequence

from streamer.app.yamlfile import BadFiles, Problem
from streamer.ports import Health, LanguageModel, Notice
from streamer.speech.chain import VoiceState
from streamer.speech.speaker import Speaker


def brain_health(llm: LanguageModel, *, scripted: bool, broken: bool = False) -> Sequence[Health]:
    """`broken`: there is a model in the settings that could not be opened, which has a row of its own."""
    if scripted:
        return [] if broken else [Health("llm", "ok", Notice("llm.scripted"))]
    ladder = getattr(llm, "health", None)
    return list(ladder()) if ladder is not None else []


def voice_health(states: Iterable[VoiceState], speakers: Iterable[Speaker], *, any_voice: bool) -> Sequence[Health]:
    """A row for each engine and voice that was used: `voice.<persona>.<engine>`, or `voice.<engine>.<voice>` when not
    exactly one persona has that voice. One row that says so when there is no voice at all."""
    if not any_voice:
        return [Health("voice", "degraded", Notice("voice.captions", {"reason": ""}))]
    owners: dict[tuple[str, str], list[str]] = {}
    for speaker in speakers:
        for voice in speaker.voices:
            owners.setdefault((voice.engine, voice.spec.name), []).append(speaker.id)
    out: list[Health] = []
    for state in states:
        who = owners.get((state.engine, state.voice), [])
        ours = f"voice.{state.engine}" + (f".{state.voice}" if state.voice else "")
        name = f"voice.{who[0]}.{state.engine}" if len(who) == 1 else ours
        if state.state == "closed":
            out.append(Health(name, "ok", Notice("voice.ok", {"engine": state.engine})))
        else:
            notice = Notice("part.unavailable", {"reason": state.reason}, state.fix)
            out.append(Health(name, "broken" if state.state == "misconfigured" else "degraded", notice))
    return out


def file_health(bad: BadFiles | None, minor: Sequence[Problem] = ()) -> Sequence[Health]:
    """Files that were changed while the show runs and cannot be used as they are; `minor`: single characters."""
    problems = bad.problems if bad is not None else minor
    if not problems:
        return []
    notice = Notice("files.broken", {"problem": str(problems[0]), "n": len(problems)}, "fix.files")
    return [Health("files", "degraded", notice)]


def all_of(broken: Mapping[str, Sequence[Health]]) -> Sequence[Health]:
    return [health for healths in broken.values() for health in healths]

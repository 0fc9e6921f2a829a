"""`ears list`, `ears fetch MODEL` and `ears test FILE`: what can understand the host on this machine, a model for
Whisper, and a recording understood by the recognisers that are set up."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any, cast

from msgspec.structs import replace

from streamer.adapters.asr.common.models import MODELS, folder_of, lacks, locate
from streamer.adapters.asr.whisper import WhisperRecognizer, fetch
from streamer.adapters.worker import installed, missing
from streamer.app.folders import folders
from streamer.app.hearing.opening import MODELS as PLACE
from streamer.app.hearing.opening import open_recognizers
from streamer.app.settings import EarEngine, Settings, read_settings
from streamer.app.yamlfile import BadFiles
from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ, Final, Loading, Misconfigured, SpeechRecognizer, Unavailable
from streamer.texts import say

DONE, FAILED, UNUSABLE = 0, 1, 2
ENGINES: tuple[EarEngine, ...] = ("whisper", "azure", "openai", "offline")
PACKAGES = {"whisper": "faster_whisper", "azure": "azure.cognitiveservices.speech", "offline": "pocketsphinx"}
LONGEST_S = 15.0
BAR = 30


def main(options: argparse.Namespace) -> int:
    """0 done; 1 not done (no network, no room, nothing understood it); 2 files, names or packages that are missing."""
    where = folders(options.home, options.state)
    try:
        settings = read_settings(where, options.config)
    except BadFiles as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    models = where.state / PLACE
    try:
        match options.action:
            case "list":
                return _list(settings, models)
            case "fetch":
                return asyncio.run(_fetch(options.model, models, again=options.again))
            case _:
                return asyncio.run(_test(settings, where.state, options))
    except Misconfigured as wrong:
        print(_told(wrong), file=sys.stderr)
        return UNUSABLE
    except Unavailable as away:
        print(f"{away.reason[:1].upper()}{away.reason[1:]}.", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped. What has come is kept; the same command goes on from there.", file=sys.stderr)
        return 130


def _told(wrong: Misconfigured) -> str:
    fix = f" Fix: {wrong.fix}" if wrong.fix else ""
    return f"{wrong.reason[:1].upper()}{wrong.reason[1:]}.{fix}"


# --- list -------------------------------------------------------------------------------------------------------------


def _list(settings: Settings, models: Path) -> int:
    """No network and no vendor: folders and settings only."""
    chain = settings.asr.engines
    print("recognisers")
    for engine in ENGINES:
        package = PACKAGES.get(engine)
        place = f"{chain.index(engine) + 1}. of the chain" if engine in chain else "not in use"
        lack = missing(package).fix if package is not None and not installed(package) else ""
        print(f"  {engine:<9} {place:<16} {lack}".rstrip())
    print("models of Whisper")
    for each in MODELS.values():
        here = not lacks(folder_of(each, models)) or _cached(each.name, models)
        languages = "English" if each.languages else "100 languages"
        print(f"  {each.name:<17} {each.mb:>5} MB  {languages:<14}{'here' if here else ''}".rstrip())
    return DONE


def _cached(name: str, models: Path) -> bool:
    try:
        locate(name, models)
    except Misconfigured:
        return False
    return True


# --- fetch ------------------------------------------------------------------------------------------------------------


async def _fetch(model: str, models: Path, *, again: bool) -> int:
    bar = _Bar()
    try:
        folder = await fetch(model, models, bar, again=again)
    finally:
        bar.end()
    print(f"The Whisper model {model} is in {folder}.")
    return DONE


class _Bar:
    """One line that is written over on a terminal; on anything else a line for every tenth."""

    def __init__(self) -> None:
        self._tenth = -1
        self._open = False

    def __call__(self, step: Loading) -> None:
        if step.total <= 0:
            return
        part = step.done / step.total
        if sys.stdout.isatty():
            full = round(part * BAR)
            text = f"{'#' * full}{'.' * (BAR - full)} {step.done / 1e6:.0f} of {step.total / 1e6:.0f} MB"
            print(f"\r{step.model} {text}", end="", flush=True)
            self._open = True
        elif int(part * 10) > self._tenth:
            self._tenth = int(part * 10)
            print(f"{step.model} {step.done / 1e6:.0f} of {step.total / 1e6:.0f} MB", flush=True)

    def end(self) -> None:
        if self._open:
            print()


# --- test -------------------------------------------------------------------------------------------------------------


async def _test(settings: Settings, state: Path, options: argparse.Namespace) -> int:
    """Every recogniser of the chain, or the one that is named, gets the same sound."""
    pcm = _sound(options.file)
    chain: list[EarEngine] = [cast("EarEngine", options.engine)] if options.engine else list(settings.asr.engines)
    if not chain:
        raise Misconfigured(
            "no recogniser is set up", fix="asr.chain: [whisper] in home/config/streamer.yaml, or --engine"
        )
    asr = settings.asr.model_copy(update={"chain": chain})
    opened, broken = open_recognizers(settings.model_copy(update={"asr": asr}), state)
    for row in broken:
        print(f"{row.part.removeprefix('ear.'):<9} {say(row.notice).strip()}")
    language = options.language or settings.asr.language or "en"
    heard = 0
    for name, recognizer in opened.items():
        try:
            final, load_s = await _understood(recognizer, pcm, language, options.hint)
        except Misconfigured as wrong:
            print(f"{name:<9} {_told(wrong)}")
        except Unavailable as away:
            print(f"{name:<9} {away.reason}")
        else:
            heard += 1
            print(f"{name:<9} {final.text or '(nothing)'}")
            doubt = f", {final.no_speech:.0%} sure that nobody spoke" if final.no_speech else ""
            sure = f"{final.confidence:.0%} sure{doubt}"
            print(
                f"{'':<9} {sure}; {final.asked_ms:.0f} ms after the end; loaded in {load_s:.1f} s{_about(recognizer)}"
            )
        finally:
            await recognizer.aclose()
    return DONE if heard else FAILED


async def _understood(recognizer: SpeechRecognizer, pcm: bytes, language: str, hints: list[str]) -> tuple[Final, float]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await recognizer.load(lambda _: None)
    load_s = loop.time() - began
    hearing = recognizer.hear(language=language, hints=hints, on_partial=lambda _: None)
    for at in range(0, len(pcm), EAR_FRAME_BYTES):
        hearing.feed(pcm[at : at + EAR_FRAME_BYTES])
    final = await hearing.finish()
    return replace(final, text="".join(c if c.isprintable() else " " for c in final.text)), load_s


def _about(recognizer: SpeechRecognizer) -> str:
    if not isinstance(recognizer, WhisperRecognizer) or not recognizer.about:
        return ""
    about = recognizer.about
    note = f" ({about['note']})" if about["note"] else ""
    return f"; {about['device']}, {about['compute_type']}{note}"


def _sound(file: Path) -> bytes:
    """16,000 Hz s16le mono of any file that FFmpeg reads. Raises Misconfigured."""
    import av
    from av.error import FFmpegError

    if not file.is_file():
        raise Misconfigured(f"there is no file {file}")
    try:
        with av.open(str(file)) as container:
            resampler: Any = av.AudioResampler(format="s16", layout="mono", rate=EAR_RATE_HZ)
            pcm = bytearray()
            for frame in container.decode(audio=0):
                for part in resampler.resample(frame):
                    pcm += bytes(part.planes[0])[: part.samples * 2]
                if len(pcm) > LONGEST_S * EAR_RATE_HZ * 2:
                    break
            for part in resampler.resample(None):
                pcm += bytes(part.planes[0])[: part.samples * 2]
    except (FFmpegError, IndexError, ValueError) as error:
        raise Misconfigured(f"{file} is no recording that can be read", fix="a WAV, MP3, FLAC or OGG file") from error
    if len(pcm) > LONGEST_S * EAR_RATE_HZ * 2:
        print(f"Only the first {LONGEST_S:.0f} s are heard: the ear never sends more at once.")
    return bytes(pcm[: int(LONGEST_S * EAR_RATE_HZ) * 2])

"""Whisper models for faster-whisper: what there is to fetch, and where a model is on this machine. Looks at folders
only, never at the network."""

import difflib
import os
import re
from pathlib import Path

import msgspec

from streamer.ports import Misconfigured

REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
NEEDED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")


class Model(msgspec.Struct, frozen=True):
    """`repo` at huggingface.co; `mb`: about so many millions of bytes; `languages` empty: a hundred."""

    name: str
    repo: str
    mb: int
    languages: tuple[str, ...] = ()


MODELS = {
    each.name: each
    for each in (
        Model("tiny", "Systran/faster-whisper-tiny", 78),
        Model("tiny.en", "Systran/faster-whisper-tiny.en", 78, ("en",)),
        Model("base", "Systran/faster-whisper-base", 148),
        Model("base.en", "Systran/faster-whisper-base.en", 148, ("en",)),
        Model("small", "Systran/faster-whisper-small", 486),
        Model("small.en", "Systran/faster-whisper-small.en", 486, ("en",)),
        Model("distil-small.en", "Systran/faster-distil-whisper-small.en", 336, ("en",)),
        Model("medium", "Systran/faster-whisper-medium", 1_530),
        Model("medium.en", "Systran/faster-whisper-medium.en", 1_530, ("en",)),
        Model("distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1_516, ("en",)),
        Model("turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1_622),
        Model("large-v3", "Systran/faster-whisper-large-v3", 3_092),
    )
}
"""The names of faster-whisper (`utils.py`), smallest first."""


def is_path(model: str) -> bool:
    """Whether a folder is meant, and no name of a model."""
    return model.startswith((".", "~", "/", "\\")) or Path(model).is_absolute() or "\\" in model


def named(model: str) -> Model:
    """By its name or its repository. Raises Misconfigured with the nearest name there is."""
    if model in MODELS:
        return MODELS[model]
    if REPO.fullmatch(model):
        return next((each for each in MODELS.values() if each.repo == model), Model(model, model, 0))
    near = difflib.get_close_matches(model, MODELS, 1) or ["base"]
    fix = f"asr.whisper.model: {near[0]} (or {', '.join(MODELS)}; or a folder)"
    raise Misconfigured(f"there is no Whisper model called {model[:60]!r}", fix=fix)


def folder_of(model: Model, models: Path) -> Path:
    """Where it is kept once fetched."""
    return models / model.name.replace("/", "--")


def lacks(folder: Path) -> str:
    """The first file without which faster-whisper cannot load the folder offline; empty: it has all."""
    for name in NEEDED:
        if not (folder / name).is_file():
            return name
    return "" if any((folder / name).is_file() for name in VOCABULARIES) else VOCABULARIES[0]


def locate(model: str, models: Path) -> Path:
    """The folder of a model: the one that is named, one that was fetched, one in the user's cache of huggingface_hub.

    Raises Misconfigured with what to do.
    """
    if is_path(model) or (model not in MODELS and Path(model).is_dir()):
        folder = _folder(model)
        if folder is None:
            raise Misconfigured(f"there is no folder {model}", fix="check asr.whisper.model")
        if missing := lacks(folder):
            reason = f"{model} holds no Whisper model for faster-whisper: {missing} is missing"
            raise Misconfigured(reason, fix="asr.whisper.model: base, or a folder of a model converted for CTranslate2")
        return folder
    known = named(model)
    for folder in (folder_of(known, models), _cached(known.repo)):
        if folder is not None and not lacks(folder):
            return folder
    raise Misconfigured(f"the Whisper model {known.name} is not on this machine", fix=fix_of(known.name))


def _folder(model: str) -> Path | None:
    try:
        folder = Path(model).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # nobody may read it, or it is in the home of nobody
        return None


def fix_of(name: str) -> str:
    return f"python3 run.py ears fetch {name}"


def _cached(repo: str) -> Path | None:
    """The newest snapshot in the cache of huggingface_hub (its documentation, "Understand caching")."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    root = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    root = root or os.path.join(os.environ.get("HF_HOME") or os.path.join(home, "huggingface"), "hub")  # noqa: PTH118
    try:
        folder = Path(root).expanduser() / f"models--{repo.replace('/', '--')}"
        revision = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, ValueError, RuntimeError):
        return None
    return folder / "snapshots" / revision if re.fullmatch(r"[0-9a-f]{6,64}", revision) else None

"""A real Whisper model, made in a moment, that says what it is told to: nothing is downloaded.

    build(folder, "Juno, what is the next game?")
    WhisperModel(str(folder)).transcribe(sound)

CTranslate2's own specification writes the weights. The layers of the encoder and the decoder have random weights, so
that every product of a real model is computed, but what the decoder's layers add is zero: what leaves it is the last
token's embedding, and the projection holds which token follows which. The words therefore do not depend on the sound.
"""

import json
import math
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ja", "es", "fr", "de")
SIZES = {"small": (1, 64, 2, 0), "tiny": (4, 384, 6, 51_865), "base": (6, 512, 8, 51_865)}
"""Layers, width, heads and least vocabulary: one for tests, and two with the dimensions of real ones."""
LANGUAGE_LOGIT = 6.0


def build(
    folder: Path,
    script: str,
    *,
    size: str = "small",
    multilingual: bool = True,
    language: str = "en",
    no_speech: float = 0.01,
    sure: float = 0.98,
    seed: int = 1,
) -> Path:
    """Writes the model. `no_speech`: the probability that nobody speaks; `sure`: of every token; `language`: the one
    that it detects. The script may hold at most some 50 words."""
    import numpy as np
    from ctranslate2.specs.whisper_spec import WhisperSpec

    layers, width, heads, least = SIZES[size]
    pieces = _pieces(script)
    tokens, at = _vocabulary(pieces, least, multilingual=multilingual)
    if len(pieces) + 4 > width:
        raise ValueError("the script is too long for the size")
    draw: Any = np.random.default_rng(seed)
    spec = WhisperSpec(layers, heads, layers, heads)
    _encoder(spec.encoder, layers, width, draw)
    _decoder(spec.decoder, layers, width, draw)
    embeddings, projection = _chain(
        tokens, at, pieces, width, language=language if multilingual else "", no_speech=no_speech, sure=sure
    )
    spec.decoder.embeddings.weight = embeddings
    spec.decoder.projection.weight = projection
    config: Any = spec.config
    config.suppress_ids = []
    config.suppress_ids_begin = [at["<|endoftext|>"]]
    config.lang_ids = [at[f"<|{code}|>"] for code in LANGUAGES] if multilingual else []
    config.alignment_heads = [(0, 0)]
    spec.register_vocabulary(tokens)
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    (folder / "tokenizer.json").write_text(_tokenizer(tokens), encoding="utf-8")
    return folder


def _pieces(script: str) -> list[str]:
    """Tokens, each once: a word that was there before is glued to the one before it."""
    pieces: list[str] = []
    for word in script.split():
        piece = f" {word}"
        if piece in pieces:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _letters() -> dict[int, str]:
    """The printable stand-in of every byte, as in GPT-2's byte-level tokens."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in kept}
    for number, byte in enumerate(each for each in range(256) if each not in table):
        table[byte] = chr(256 + number)
    return table


def _vocabulary(pieces: list[str], least: int, *, multilingual: bool) -> tuple[list[str], dict[str, int]]:
    """Tokens in the order of Whisper's: text, then the end, then the special ones, then the times."""
    letters = _letters()
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in LANGUAGES] if multilingual else []
    special += [
        "<|translate|>",
        "<|transcribe|>",
        "<|startoflm|>",
        "<|startofprev|>",
        "<|nospeech|>",
        "<|notimestamps|>",
    ]
    times = [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
    text = [*letters.values(), *("".join(letters[byte] for byte in piece.encode()) for piece in pieces)]
    text += [""] if multilingual else []  # by which CTranslate2 knows a multilingual model
    text += [f"filler{number}" for number in range(least - len(text) - len(special) - len(times))]
    tokens = [*text, *special, *times]
    return tokens, {token: number for number, token in enumerate(tokens)}


def _chain(
    tokens: list[str],
    at: dict[str, int],
    pieces: list[str],
    width: int,
    *,
    language: str,
    no_speech: float,
    sure: float,
) -> tuple[Any, Any]:
    """(embeddings, projection): each token of the chain has a dimension of its own, in which the next one is high."""
    import numpy as np

    letters = _letters()
    script = [at["".join(letters[byte] for byte in piece.encode())] for piece in pieces]
    chain = [*script, at["<|endoftext|>"]]
    embeddings: Any = np.zeros((len(tokens), width), np.float32)
    projection: Any = np.zeros((len(tokens), width), np.float32)
    high = math.sqrt(width) * (1 - 1 / width) / math.sqrt(1 - 1 / width)  # of a one-hot row after the layer norm
    follow = math.log(sure / (1 - sure) * len(tokens)) / high
    starts = (at["<|notimestamps|>"], at["<|transcribe|>"])
    for dimension, token in enumerate([starts[0], starts[1], *script]):
        embeddings[token, dimension] = 1.0
        projection[chain[max(0, dimension - 1)], dimension] = follow
    first = len(script) + 2
    embeddings[at["<|startoftranscript|>"], first] = 1.0
    others = len(tokens) + (math.exp(LANGUAGE_LOGIT) if language else 0.0)
    projection[at["<|nospeech|>"], first] = math.log(no_speech / (1 - no_speech) * others) / high
    if language:
        projection[at[f"<|{language}|>"], first] = LANGUAGE_LOGIT / high
    return embeddings, projection


def _encoder(spec: Any, layers: int, width: int, draw: Any) -> None:
    import numpy as np

    spec.conv1.weight = _random(draw, width, 80, 3)
    spec.conv1.bias = np.zeros(width, np.float32)
    spec.conv2.weight = _random(draw, width, width, 3)
    spec.conv2.bias = np.zeros(width, np.float32)
    spec.position_encodings.encodings = _random(draw, 1500, width)
    _norm(spec.layer_norm, width)
    for number in range(layers):
        layer = spec.layer[number]
        _linear(layer.self_attention.linear[0], _random(draw, 3 * width, width))
        _linear(layer.self_attention.linear[1], _random(draw, width, width))
        _norm(layer.self_attention.layer_norm, width)
        _forward(layer.ffn, width, draw, last=_random(draw, width, 4 * width))


def _decoder(spec: Any, layers: int, width: int, draw: Any) -> None:
    import numpy as np

    spec.position_encodings.encodings = np.zeros((448, width), np.float32)
    _norm(spec.layer_norm, width)
    nothing: Any = np.zeros((width, width), np.float32)
    for number in range(layers):
        layer = spec.layer[number]
        _linear(layer.self_attention.linear[0], _random(draw, 3 * width, width))
        _linear(layer.self_attention.linear[1], nothing.copy())
        _norm(layer.self_attention.layer_norm, width)
        _linear(layer.attention.linear[0], _random(draw, width, width))
        _linear(layer.attention.linear[1], _random(draw, 2 * width, width))
        _linear(layer.attention.linear[2], nothing.copy())
        _norm(layer.attention.layer_norm, width)
        _forward(layer.ffn, width, draw, last=np.zeros((width, 4 * width), np.float32))


def _forward(spec: Any, width: int, draw: Any, *, last: Any) -> None:
    _norm(spec.layer_norm, width)
    _linear(spec.linear_0, _random(draw, 4 * width, width))
    _linear(spec.linear_1, last)


def _linear(spec: Any, weight: Any) -> None:
    import numpy as np

    spec.weight = weight
    spec.bias = np.zeros(weight.shape[0], np.float32)


def _norm(spec: Any, width: int) -> None:
    import numpy as np

    spec.gamma = np.ones(width, np.float32)
    spec.beta = np.zeros(width, np.float32)


def _random(draw: Any, *shape: int) -> Any:
    import numpy as np

    return (draw.standard_normal(shape, dtype=np.float32) * 0.02).astype(np.float32)


def _tokenizer(tokens: list[str]) -> str:
    """A byte-level tokenizer without merges: it reads letter by letter, and decodes the pieces of the script."""
    end = tokens.index("<|endoftext|>")
    added = [
        {"id": number, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for number, token in enumerate(tokens) if number >= end
    ]  # fmt: skip
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": level, "post_processor": None, "decoder": level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
            "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
            "vocab": {token or "<empty>": number for number, token in enumerate(tokens[:end])}, "merges": [],
        },
    })  # fmt: skip

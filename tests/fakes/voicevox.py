"""A local server with the interface of a VOICEVOX engine: `/speakers`, `/speaker_info`, `/initialize_speaker`,
`/audio_query`, `/synthesis`; with faults.

    async with FakeVoicevox(sound) as server:
        voice = VoicevoxVoice(url=server.root).open()

A text is read into moras by its kana; kanji have the readings in `READINGS`, Latin words one mora for two letters. What
`/synthesis` says has exactly the lengths of its query, rounded to frames as the engine rounds them. With `dummy` the
lengths of the query are not those of the sound, as with AivisSpeech. Faults and stamps: see `FaultyHttp`; beside them
`no_query` (its query fails) and `mute` (nothing to read is found), `quiet` (digital silence).
"""

import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.faulty_http import FaultyHttp
from tests.fakes.http_voice import wav_header

Sound = Callable[[str], bytes]
FRAME_S = 256 / 24_000
STYLES = (
    ("ずんだもん", "388f246b", (("ノーマル", 3), ("あまあま", 1), ("ツンツン", 7), ("なみだめ", 76))),
    ("四国めたん", "7ffcb7ce", (("ノーマル", 2), ("ささやき", 36))),
)
KNOWN = {number for _, _, styles in STYLES for _, number in styles}
READINGS = {
    "今日": "キョウ", "配信": "ハイシン", "大好": "ダイス", "猫": "ネコ", "見": "ミ", "来": "キ",
    "皆": "ミンナ", "0": "ゼロ", "3": "サン",
}  # fmt: skip
ROWS = {
    "ア": "アァカサタナハマヤャラワガザダバパ",
    "イ": "イィキシチニヒミリギジヂビピ", "ウ": "ウゥクスツヌフムユュルグズヅブプヴ",
    "エ": "エェケセテネヘメレゲゼデベペ", "オ": "オォコソトノホモヨョロヲゴゾドボポ",
}  # fmt: skip
VOWEL = {"ア": "a", "イ": "i", "ウ": "u", "エ": "e", "オ": "o"}
LIPS = {**dict.fromkeys("マミムメモ", "m"), **dict.fromkeys("バビブベボ", "b"), **dict.fromkeys("パピプペポ", "p")}


class FakeVoicevox(FaultyHttp):
    """`sound` gives 24,000 Hz s16le mono for a text."""

    def __init__(self, sound: Sound) -> None:
        super().__init__()
        self._sound = sound
        self.dummy = False
        self.queries: list[dict[str, str]] = []
        self.spoken_by: list[int] = []

    def _routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/speakers", self._speakers)
        router.add_get("/speaker_info", self._info)
        router.add_post("/initialize_speaker", self._initialize)
        router.add_post("/audio_query", self._audio_query)
        router.add_post("/synthesis", self._synthesis)

    async def _speakers(self, _request: web.Request) -> web.Response:
        rows: list[dict[str, Any]] = [
            {"name": name, "speaker_uuid": uuid, "version": "0.1", "supported_features": {},
             "styles": [{"name": style, "id": number, "type": "talk"} for style, number in styles]}
            for name, uuid, styles in STYLES
        ]  # fmt: skip
        return web.json_response(rows)

    async def _info(self, request: web.Request) -> web.Response:
        name = next((name for name, uuid, _ in STYLES if uuid == request.query.get("speaker_uuid")), "")
        if not name:
            return web.json_response({"detail": "no such speaker"}, status=404)
        return web.json_response(
            {"policy": f"# {name}\nクレジット「VOICEVOX:{name}」", "portrait": "", "style_infos": []}
        )

    async def _initialize(self, _request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _audio_query(self, request: web.Request) -> web.Response:
        self.queries.append(dict(request.query))
        if self.mode == "no_query":
            return web.Response(status=500)
        number = request.query.get("speaker", "")
        if not number.isdigit() or int(number) not in KNOWN:
            return web.json_response({"detail": [{"msg": "speaker"}]}, status=422)
        text = request.query["text"]
        return web.json_response({
            "accent_phrases": [] if self.mode == "mute" else phrases(text),
            "speedScale": 1.0, "pitchScale": 0.0, "intonationScale": 1.0, "volumeScale": 1.0,
            "prePhonemeLength": 0.1, "postPhonemeLength": 0.1, "pauseLength": None, "pauseLengthScale": 1.0,
            "outputSamplingRate": 24000, "outputStereo": False, "kana": text,
        })  # fmt: skip

    async def _synthesis(self, request: web.Request) -> web.StreamResponse:
        refusal = await self._begin(request)
        if refusal is not None:
            return refusal
        query = self.requests[-1]
        self.spoken_by.append(int(request.query["speaker"]))
        length = whole_s(query) * (1.3 if self.dummy else 1.0)
        pre = round(query["prePhonemeLength"] / query["speedScale"] / FRAME_S) * FRAME_S
        sound = bytes(round(pre * 24_000) * 2) + self._sound(reading(query["kana"]))
        size = round(length * 24_000) * 2
        data = sound[:size].ljust(size, b"\0")
        if self.mode == "quiet":
            data = bytes(size)
        header = wav_header(len(data))
        return await self._send(request, header + data, "audio/wav" if self.mode != "garbage" else "audio/x")


def reading(text: str) -> str:
    """The text with kana for the kanji that are known."""
    out = "".join(chr(ord(char) + 0x60) if "\u3041" <= char <= "\u3096" else char for char in text)
    for written, said in READINGS.items():
        out = out.replace(written, said)
    return out


def phrases(text: str) -> list[dict[str, Any]]:
    """Accent phrases: broken after particles and punctuation, and at spaces."""
    out: list[dict[str, Any]] = []
    for part, tail in re.findall(r"([^\s、。！？!?,.…]+)([\s、。！？!?,.…]*)", reading(text)):
        pieces = (
            re.findall(r"[^ハヲガデニヘ]+[ハヲガデニヘ]?(?![ーン])|.+", part) if re.search("[ァ-ヺ]", part) else [part]
        )
        for at, piece in enumerate(pieces):
            moras = _moras(piece)
            if not moras:
                continue
            pause = at == len(pieces) - 1 and re.search("[、。,.!?！？]", tail) is not None
            quiet = {"text": "、", "consonant": None, "consonant_length": None, "vowel": "pau", "vowel_length": 0.25,
                     "pitch": 0.0}  # fmt: skip
            out.append({"moras": moras, "accent": 1, "pause_mora": quiet if pause else None, "is_interrogative": False})
    if out:
        out[-1]["pause_mora"] = None
    return out


def _moras(piece: str) -> list[dict[str, Any]]:
    signs = re.findall(r"[ァ-ヺ][ァィゥェォャュョ]?|ー|[^\W\dァ-ヺー]{1,2}|\d", piece)
    out: list[dict[str, Any]] = []
    for sign in signs:
        if sign == "ー" and out:
            vowel, text, consonant = out[-1]["vowel"], out[-1]["text"][-1:], None
        elif sign in ("ン", "ッ"):
            vowel, text, consonant = ("N" if sign == "ン" else "cl"), sign, None
        else:
            row = next((row for row, signs in ROWS.items() if sign[-1] in signs), "ア")
            text = sign if re.match("[ァ-ヺ]", sign) else "ア"
            text = "ワ" if piece.endswith(sign) and sign == "ハ" and len(piece) > 1 else text
            vowel, consonant = VOWEL[row], LIPS.get(sign[0], None if sign in ROWS else "k")
        out.append({
            "text": text, "consonant": consonant, "consonant_length": 0.05 if consonant else None, "vowel": vowel,
            "vowel_length": 0.11, "pitch": 5.5,
        })  # fmt: skip
    return out


def whole_s(query: dict[str, Any]) -> float:
    """How long the engine speaks a query: every length rounded to frames."""
    lengths = [query["prePhonemeLength"], query["postPhonemeLength"]]
    for phrase in query["accent_phrases"]:
        for mora in [*phrase["moras"], *([phrase["pause_mora"]] if phrase["pause_mora"] else [])]:
            lengths += [mora["consonant_length"] or 0.0, mora["vowel_length"]]
    return sum(round(length / query["speedScale"] / FRAME_S) for length in lengths) * FRAME_S

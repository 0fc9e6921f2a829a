"""A local server that speaks ElevenLabs' `stream/with-timestamps`, `GET /v2/voices` and `GET /v1/models`, with faults.

    async with FakeElevenLabs(sound, words) as server:
        voice = ElevenLabsVoice(base_url=server.root, api_key="...").open()

It refuses what the service refuses: no key, an unknown voice, an output format it does not know, a speed outside of
0.7 to 1.2. The answer is one JSON object a line, each with a piece of sound and the characters that begin in it, their
times from the beginning of the sound. Faults and stamps: see `FaultyHttp`; beside them the modes `402`, `422`,
`no_voice`, `no_quota`, `concurrent`, `no_alignment`, `quiet` (digital silence).
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.faulty_http import FaultyHttp

Sound = Callable[[str], bytes]
Words = Callable[[str], list[tuple[str, int, int]]]
KEY = "sk_test"
VOICES = (
    {"voice_id": "EXAVITQu4vr4xnSDxMaL", "name": "Sarah", "category": "premade",
     "labels": {"gender": "female", "language": "en", "accent": "american"}},
    {"voice_id": "JBFqnCBsd6RMkjVDRZzb", "name": "George", "category": "premade",
     "labels": {"gender": "male", "accent": "british"}, "verified_languages": [{"language": "en", "locale": "en-GB"}]},
)  # fmt: skip
REFUSALS = {
    "402": (402, "paid_plan_required"), "422": (422, ""), "no_voice": (404, "voice_not_found"),
    "no_quota": (401, "quota_exceeded"), "concurrent": (429, "too_many_concurrent_requests"),
    "401": (401, "invalid_api_key"), "429": (429, "system_busy"), "format": (403, "output_format_not_allowed"),
}  # fmt: skip
FORMATS = {"pcm_24000": 1}


class FakeElevenLabs(FaultyHttp):
    """`sound` gives 24,000 Hz s16le mono for a text; `words` its (word, at_ms, dur_ms)."""

    def __init__(self, sound: Sound, words: Words = lambda _text: []) -> None:
        super().__init__()
        self._sound, self._words = sound, words
        self.piece_bytes = 9_600
        self.paths: list[str] = []
        self.peers: list[object] = []
        self._made: dict[tuple[str, str], bytes] = {}

    def _routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/text-to-speech/{voice}/stream/with-timestamps", self._speak)
        router.add_get("/v2/voices", self._list)

    async def _list(self, request: web.Request) -> web.Response:
        if request.headers.get("xi-api-key") != KEY:
            return web.json_response({"detail": {"status": "invalid_api_key"}}, status=401)
        return web.json_response({"voices": VOICES, "has_more": False})

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        if self.mode in REFUSALS:
            await request.read()
            status, code = REFUSALS[self.mode]
            detail: Any = {"status": code, "message": "refused: the text was ..."} if code else [{"msg": "bad"}]
            headers = {"Retry-After": "7"} if status == 429 else {}
            return web.json_response({"detail": detail}, status=status, headers=headers)
        refusal = await self._begin(request)
        if refusal is not None:
            return refusal
        self.paths.append(request.path_qs)
        self.peers.append(request.transport and request.transport.get_extra_info("peername"))
        asked = self.requests[-1]
        wrong = self._wrong(request, asked)
        if wrong:
            return web.json_response({"detail": {"status": wrong}}, status=401 if "key" in wrong else 400)
        return await self._send(request, self._lines(str(asked["text"])), "application/json")

    def _wrong(self, request: web.Request, asked: dict[str, Any]) -> str:
        speed = asked.get("voice_settings", {}).get("speed", 1.0)
        if request.headers.get("xi-api-key") != KEY:
            return "invalid_api_key"
        if request.query.get("output_format") not in FORMATS:
            return "output_format_not_allowed"
        return "" if 0.7 <= speed <= 1.2 and asked.get("text") and asked.get("model_id") else "validation"

    def _lines(self, text: str) -> bytes:
        """Made once: a measurement is of the client."""
        return self._made.setdefault((self.mode, text), b"") or self._make(text)

    def _make(self, text: str) -> bytes:
        sound = bytes(len(self._sound(text))) if self.mode == "quiet" else self._sound(text)
        letters = self._letters(text, len(sound) / 48_000)
        out: list[bytes] = []
        for at in range(0, len(sound), self.piece_bytes):
            begin, end = at / 48_000, (at + self.piece_bytes) / 48_000
            last = at + self.piece_bytes >= len(sound)
            mine = [each for each in letters if begin <= each[1] and (each[1] < end or last)]
            alignment = {
                "characters": [each[0] for each in mine],
                "character_start_times_seconds": [round(each[1], 3) for each in mine],
                "character_end_times_seconds": [round(each[2], 3) for each in mine],
            }
            told = None if self.mode == "no_alignment" or not mine else alignment
            piece = base64.b64encode(sound[at : at + self.piece_bytes]).decode()
            out.append(json.dumps({"audio_base64": piece, "alignment": told, "normalized_alignment": told}).encode())
        self._made[self.mode, text] = b"\n".join(out) + b"\n"
        return self._made[self.mode, text]

    def _letters(self, text: str, total_s: float) -> list[tuple[str, float, float]]:
        """Every character: those of a word share its time, the others stand between."""
        out: list[tuple[str, float, float]] = []
        at, now = 0, 0.0
        for word, begin_ms, length_ms in self._words(text):
            found = text.find(word, at)
            if found < 0:
                continue
            out += [(char, now, begin_ms / 1000) for char in text[at:found]]
            begin, length = begin_ms / 1000, length_ms / 1000
            share = length / len(word)
            out += [(char, begin + share * n, begin + share * (n + 1)) for n, char in enumerate(word)]
            at, now = found + len(word), begin + length
        return out + [(char, now, total_s) for char in text[at:]]

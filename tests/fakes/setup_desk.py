"""A show with its set-up: `PanelShow` plus the set-up API, voices as WAV and the stage page, under the server's policy.

The state is that of a first start; every change is folded into it as the real desk would. `refuse` (status by path),
`problems` (a problem by "METHOD path"), `told` (an answer by "METHOD path") and `slow` (an event to wait for by "METHOD
path") steer what goes wrong. `holder`: whether the stage page plays
the voices. `calls` notes every request of the set-up API with its body.
"""

import asyncio
import copy
import io
import wave
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from streamer.web.assets import Assets
from streamer.web.server import OVERLAY_CSP, PANEL_CSP
from tests.fakes.panel_show import DESIGN, PANEL, TOKEN, PanelShow, evening
from tests.fakes.signin_desk import FakeSignIn

OVERLAYS = Path(__file__).parents[2] / "overlays"
STUB = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>stage</title><body></body></html>"""
GB = 1_000_000_000
LOOKS = {"mika": {"theme": "aiko"}, "juno": {"theme": "ren"}}


def first_start() -> dict[str, Any]:
    """What GET /setup answers on a fresh machine with Ollama running."""
    ollama = [
        {"name": "llama3.2:3b", "size_bytes": 2 * GB, "parameters": "3.2B", "need_bytes": 3_400_000_000, "fits": True},
        {"name": "qwen3:8b", "size_bytes": 5 * GB, "parameters": "8.2B", "need_bytes": 6_500_000_000, "fits": True},
        {"name": "gemma3:27b", "size_bytes": 17 * GB, "parameters": "27B", "need_bytes": 19 * GB, "fits": False},
    ]
    return {
        "n": 1,
        "welcome": True,
        "steps": dict.fromkeys(("channel", "brain", "voice", "character", "overlay"), "todo"),
        "demo": True,
        "channel": {"platform": "demo", "name": "", "words": None},
        "brain": {
            "scripted": True,
            "profile": "",
            "model": "",
            "base_url": "",
            "has_key": False,
            "price_known": False,
            "keyring": True,
            "memory_bytes": 9_100_000_000,
            "providers": [
                provider("openai", "OpenAI", "https://platform.openai.com/api-keys", "gpt-5-mini", "gpt-5"),
                provider("openrouter", "OpenRouter", "https://openrouter.ai/keys", "meta-llama/llama-3.3-70b-instruct"),
                provider("groq", "Groq", "https://console.groq.com/keys", "llama-3.3-70b-versatile"),
                provider("ollama", "Ollama", "", "llama3.2", local=True),
                provider("lmstudio", "LM Studio", "", local=True),
            ],
            "found": [{"profile": "ollama", "base_url": "http://localhost:11434/v1", "models": ollama}],
        },
        "voice": {
            "chain": ["espeak"],
            "engines": [
                {"engine": "edge", "label": "Microsoft", "state": "terms", "local": False, "words": ""},
                {"engine": "elevenlabs", "label": "ElevenLabs", "state": "setup", "local": False, "words": None},
                {"engine": "azure", "label": "Azure", "state": "setup", "local": False, "words": None},
                {"engine": "voicevox", "label": "VOICEVOX", "state": "setup", "local": True, "words": None},
                {"engine": "openai", "label": "OpenAI", "state": "setup", "local": False, "words": ""},
                {"engine": "http", "label": "HTTP", "state": "setup", "local": True, "words": None},
                {"engine": "espeak", "label": "espeak-ng", "state": "ready", "local": True, "words": ""},
            ],
            "personas": {
                "mika": {"engine": "espeak", "voice": "bright", "pitch": 3, "rate": 1.08},
                "juno": {"engine": "espeak", "voice": "calm", "pitch": -1, "rate": 0.96},
            },
            "keyring": True,
        },
        "undo": None,
        "opened": False,
    }


def provider(profile: str, label: str, key_page: str, *models: str, local: bool = False) -> dict[str, Any]:
    needs = {"local": local, "needs_key": not local, "key_page": key_page}
    return {"profile": profile, "label": label, **needs, "models": list(models)}


def voices(engine: str) -> list[dict[str, Any]]:
    if engine == "espeak":
        rows = [(name, name.title(), "en", "") for name in ("bright", "calm", "warm", "deep", "clear", "dry")]
    elif engine == "voicevox":
        rows = [
            ("3", "ずんだもん (ノーマル)", "ja", "", "VOICEVOX:ずんだもん"),
            ("2", "四国めたん (ノーマル)", "ja", "", "VOICEVOX:四国めたん"),
        ]
    else:
        rows = [
            ("en-US-AnaNeural", "Ana", "en-US", "female"),
            ("en-US-AriaNeural", "Aria", "en-US", "female"),
            ("en-US-GuyNeural", "Guy", "en-US", "male"),
            ("en-GB-RyanNeural", "Ryan", "en-GB", "male"),
            ("en-GB-SoniaNeural", "Sonia", "en-GB", "female"),
            ("ja-JP-NanamiNeural", "Nanami", "ja-JP", "female"),
            ("ja-JP-KeitaNeural", "Keita", "ja-JP", "male"),
            ("de-DE-KatjaNeural", "Katja", "de-DE", "female"),
        ]
    keys = ("id", "name", "language", "gender", "credit")
    return [{"engine": engine, "credit": "", **dict(zip(keys, row, strict=False)), "sample": ""} for row in rows]


def silence() -> bytes:
    """A quarter of a second, as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24_000)
        sound.writeframes(bytes(2 * 6_000))
    return out.getvalue()


class SetupShow(PanelShow):
    """`whole`: serve the real stage page instead of an empty one."""

    def __init__(self, texts: dict[str, dict[str, str]], *, whole: bool = False) -> None:
        self.whole = whole
        self.signin = FakeSignIn()
        self._panel = Assets([DESIGN, PANEL], "/p/")
        self._overlays = Assets([OVERLAYS], "/o/")
        self._quiet: set[web.WebSocketResponse] = set()
        super().__init__(first_night(), texts)

    def reset(self, snapshot: dict[str, Any]) -> None:
        super().reset(snapshot)
        snapshot["build"] = self._panel.build
        self.state = first_start()
        self.signin.reset()
        self.calls: list[tuple[str, str, Any]] = []
        self.problems: dict[str, dict[str, Any]] = {}
        self.told: dict[str, Any] = {}
        self.slow: dict[str, asyncio.Event] = {}
        self.talks = 0
        self.holder = True

    def called(self, method: str, path: str) -> list[Any]:
        return [body for verb, where, body in self.calls if (verb, where) == (method, path)]

    async def start(self) -> "SetupShow":
        app = web.Application()
        get = app.router.add_get
        get("/panel/", self._page)
        get("/p/{build}/{name:.+}", self._asset)
        get("/overlay/{kind}", self._stage)
        get("/o/{build}/{name:.+}", self._asset)
        get("/ws/feed", self._either_feed)
        get("/ws/sink", self._sink)
        get("/api/v1/grants", self._grants)
        get("/api/v1/texts/{lang}", self._texts)
        get("/api/v1/characters", self._characters)
        for method in ("GET", "POST", "DELETE"):
            app.router.add_route(method, "/api/v1/setup{path:.*}", self._setup)
        self.signin.add(app)
        app.router.add_get("/api/v1/{path:.*}", self._get)
        app.router.add_post("/api/v1/{path:.*}", self._post)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    # --- pages --------------------------------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.Response:
        body = (self._panel.page("") or b"").replace(b"__OVERLAYS__", self._overlays.base.encode())
        policy = PANEL_CSP.replace("{sockets}", f" ws://localhost:{self.port}")
        return web.Response(body=body, content_type="text/html", headers={"Content-Security-Policy": policy})

    async def _asset(self, request: web.Request) -> web.Response:
        assets = self._panel if request.path.startswith("/p/") else self._overlays
        return assets.respond(request, **request.match_info)

    async def _stage(self, request: web.Request) -> web.Response:
        body = self._overlays.page(request.match_info["kind"]) if self.whole else STUB
        return web.Response(body=body, content_type="text/html", headers={"Content-Security-Policy": OVERLAY_CSP})

    async def _either_feed(self, request: web.Request) -> web.WebSocketResponse:
        if request.query.get("view") != "overlay":
            return await self._feed(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        cast = {who: {**about, "look": LOOKS.get(who, {})} for who, about in self.snapshot["cast"].items()}
        snapshot = {
            "build": self._overlays.build,
            "show": {"mode": "running"},
            "cast": cast,
            "stage": {"speaker": None, "answering": None, "faces": {}, "alert": None},
            "line": None,
            "playhead": {"line": 0, "ms": 0, "at": 0, "playing": False},
            "chat": {},
        }
        await socket.send_json({"seq": 1, "now": self.now(), "snapshot": snapshot})
        await self._until_gone(socket)
        return socket

    async def _sink(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"hello": {"epoch": 1, "build": self._overlays.build}})
        renewing = asyncio.create_task(self._renew(socket))
        try:
            await self._until_gone(socket)
        finally:
            renewing.cancel()
        return socket

    async def _renew(self, socket: web.WebSocketResponse) -> None:
        while not socket.closed:
            lease = {"track": 0, "holder": self.holder, "generation": 1, "epoch": 1, "ttl": 60_000}
            await socket.send_json({"lease": lease})
            await asyncio.sleep(0.25)

    async def _until_gone(self, socket: web.WebSocketResponse) -> None:
        self._quiet.add(socket)
        self._sockets.add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self._sockets.discard(socket)
            self._quiet.discard(socket)

    async def change(
        self, changes: dict[str, Any], removed: list[str] | None = None, *, skip_seq: bool = False
    ) -> None:
        """To panels only: overlays have a feed of their own, which stands still here."""
        others = {socket for socket in self._sockets if socket in self._quiet}
        self._sockets -= others
        try:
            await super().change(changes, removed, skip_seq=skip_seq)
        finally:
            self._sockets |= {socket for socket in others if not socket.closed}

    async def _post(self, request: web.Request) -> web.Response:
        answer = await super()._post(request)
        if request.match_info["path"] != "talk" or answer.status != 200:
            return answer
        self.talks += 1
        return web.json_response({"outcome": "done", "id": self.talk_id})

    @property
    def talk_id(self) -> str:
        """The id of what was said last in the talk box."""
        return f"panel:{self.talks}"

    # --- the set-up API -----------------------------------------------------------------------------------------------

    async def _characters(self, _request: web.Request) -> web.Response:
        items = [
            {
                "id": who,
                "name": about["name"],
                "own": False,
                "on_stage": True,
                "sentences": "",
                "language": "en",
                "colour": about["color"],
                "talkativeness": 0.5,
                "voice": {},
                "look": LOOKS[who],
                "names": [],
                "greetings": [],
                "problems": [],
                "picture": "",
            }
            for who, about in self.snapshot["cast"].items()
        ]
        rig: dict[str, Any] = {"groups": [], "params": {}, "themes": {"aiko": {}, "ren": {}}}
        return web.json_response({"items": items, "rig": rig, "max_on_stage": 4})

    async def _setup(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"].strip("/")
        body = await request.json() if request.can_read_body else None
        key = f"{request.method} {path}"
        self.calls.append((request.method, path, body if request.method != "GET" else dict(request.query)))
        if key in self.slow:
            await self.slow[key].wait()
        if key in self.problems:
            problem = {"status": 422, **self.problems[key]}
            return web.json_response(problem, status=problem["status"], content_type="application/problem+json")
        if key in self.told:
            return web.json_response(self.told[key])
        name = f"_{request.method.lower()}_{path.replace('/', '_') or 'state'}"
        if path.startswith("steps/"):
            self.state["steps"][path.removeprefix("steps/")] = body["state"]
            return self._changed()
        return getattr(self, name)(request, body)

    def _changed(self, step: str = "") -> web.Response:
        if step:
            self.state["steps"][step] = "done"
            self.state["undo"] = {"what": step, "at": self.now()}
        self.state["n"] += 1
        return web.json_response(self.state)

    def _get_state(self, _request: web.Request, _body: Any) -> web.Response:
        return web.json_response(self.state)

    def _post_welcome(self, _request: web.Request, _body: Any) -> web.Response:
        self.state["welcome"] = False
        self.snapshot["setup"]["welcome"] = False
        return self._changed()

    def _post_channel_try(self, _request: web.Request, body: Any) -> web.Response:
        name = body["text"].rstrip("/").rsplit("/", 1)[-1]
        return web.json_response({"ok": True, "platform": "twitch", "name": name, "notice": None})

    def _post_channel(self, _request: web.Request, body: Any) -> web.Response:
        name = body["text"].rstrip("/").rsplit("/", 1)[-1]
        self.state |= {"demo": False, "channel": {"platform": "twitch", "name": name, "words": None}}
        return self._changed("channel")

    def _delete_channel(self, _request: web.Request, _body: Any) -> web.Response:
        self.state |= {"demo": True, "channel": {"platform": "demo", "name": "", "words": None}}
        self.state["steps"]["channel"] = "todo"
        return self._changed()

    def _get_brain_found(self, _request: web.Request, _body: Any) -> web.Response:
        return web.json_response({"found": self.state["brain"]["found"]})

    def _post_brain_try(self, _request: web.Request, body: Any) -> web.Response:
        local = body["profile"] in ("ollama", "lmstudio")
        times = {"first_token_ms": 612, "total_ms": 1904, "prompt_tokens": 212, "completion_tokens": 24}
        text = "Cereal is a cold soup with ambitions, and the milk is merely its lawyer."
        cost = {"cost_usd": None if local else 0.000089}
        return web.json_response({"ok": True, "text": text, "model": body["model"], **times, **cost, "notice": None})

    def _post_brain(self, _request: web.Request, body: Any) -> web.Response:
        kept = {name: body[name] for name in ("profile", "model", "base_url")}
        self.state["brain"] |= {"scripted": False, **kept, "has_key": bool(body["key"])}
        return self._changed("brain")

    def _delete_brain(self, _request: web.Request, _body: Any) -> web.Response:
        self.state["brain"] |= {"scripted": True, "profile": "", "model": "", "base_url": "", "has_key": False}
        return self._changed("brain")

    def _get_voices(self, request: web.Request, _body: Any) -> web.Response:
        return web.json_response({"items": voices(request.query["engine"]), "notice": None})

    def _post_voices_play(self, _request: web.Request, _body: Any) -> web.Response:
        return web.Response(body=silence(), content_type="audio/wav")

    def _post_voices(self, _request: web.Request, body: Any) -> web.Response:
        about = {name: body[name] for name in ("engine", "voice", "pitch", "rate")}
        self.state["voice"]["personas"][body["persona"]] = about
        return self._changed("voice")

    def _post_voices_terms(self, _request: web.Request, body: Any) -> web.Response:
        return self._engine(body["engine"])

    def _post_voices_server(self, _request: web.Request, body: Any) -> web.Response:
        return self._engine(body["engine"])

    def _engine(self, name: str) -> web.Response:
        for engine in self.state["voice"]["engines"]:
            if engine["engine"] == name:
                engine["state"] = "ready"
        return self._changed()

    def _post_undo(self, _request: web.Request, _body: Any) -> web.Response:
        fresh = first_start()
        what = self.state["undo"]["what"]
        self.state[what] = copy.deepcopy(fresh[what])
        self.state |= {"demo": fresh["demo"] if what == "channel" else self.state["demo"], "undo": None}
        self.state["steps"][what] = "todo"
        return self._changed()


def first_night() -> dict[str, Any]:
    """The panel's snapshot at a first start: the demo has just begun, nobody speaks."""
    snapshot = evening()
    nothing = {"line": None, "next": {}, "queue": {}, "log": {}}
    show = snapshot["show"] | {"demo": True, "scripted": True, "title": "Two voices, no sleep", "started": 4_340_000}
    return snapshot | nothing | {"show": show, "sound": sound("tab", "Chromium"), "setup": {"n": 1, "welcome": True}}


def sound(where: str, name: str) -> dict[str, Any]:
    """The stage page plays, in OBS or in a tab."""
    holder = {"where": where, "name": name, "kind": "stage", "browser": ""}
    about = {"holder": holder, "monitors": 0, "others": 0, "warning": ""}
    return {"where": where, "name": name, "pages": 1, "muted": 0, **about}


def line(uid: str, text: str, *, persona: str = "mika", number: int = 20) -> dict[str, Any]:
    """A line on air that answers what was said with this id."""
    why = {"code": "named", "name": "You", "text": "", "platform": "panel", "uid": uid, "waited_ms": 400, "asked": 1}
    clauses = {"0": {"at": 0, "end": 4000, "text": text, "words": []}}
    about = {"id": number, "persona": persona, "kind": "answer", "total": 4000, "whole": True, "voiced": True}
    return {**about, "why": {**why, "persona": ""}, "clauses": clauses}


__all__ = ["TOKEN", "SetupShow", "first_night", "first_start", "line", "sound"]

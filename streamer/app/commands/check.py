"""`check`: read all configuration, then probe every part that is switched on. One row each: ok, degraded, broken, and
the fix; nothing is sent to a platform and nothing sounds."""

import argparse
import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path

from msgspec.structs import replace

from streamer.adapters.llm.discover import discover
from streamer.adapters.llm.ladder import Ladder
from streamer.app.channels import open_chats
from streamer.app.commands.checkears import probe_ears
from streamer.app.commands.checkstage import probe_stage
from streamer.app.folders import folders
from streamer.app.parts import model_names, open_brain, open_voices
from streamer.app.plan import Plan, read_plan
from streamer.app.scripted import ScriptedBrain
from streamer.app.signin.accounts import Accounts
from streamer.app.yamlfile import BadFiles
from streamer.ports import (
    ChatSource,
    Completion,
    Done,
    Health,
    LanguageModel,
    Message,
    Misconfigured,
    Notice,
    SpeechRequest,
    TextToSpeech,
    Token,
    Unavailable,
)
from streamer.texts import say

PROBE_S = 12.0
CHAT_S = 12.0
"""Longer than a guest needs to notice that Twitch has no such channel: Twitch does not say so."""
LOOK_S = 0.1
UNSETTLED = ("off", "starting")
"""A source is off until it is read."""
WAITING = frozenset(
    {"chat.youtube.waiting", "chat.youtube.waiting_until", "chat.youtube.offline", "chat.ytapi_waiting"}
)
"""The channel is there, its stream has not begun."""
_OVER = frozenset({"chat.youtube.ended", "chat.ytapi_ended"})


def main(options: argparse.Namespace) -> int:
    """0 when nothing is broken, 1 when something is, 2 when the files cannot be used."""
    where = folders(options.home, options.state)
    try:
        plan = read_plan(where, file=options.config)
    except BadFiles as error:
        for problem in error.problems:
            print(f"broken    {problem}", file=sys.stderr)
        return 2
    rows = asyncio.run(probe(plan))
    for row in rows:
        print(told(row))
    return 1 if any(row.state == "broken" for row in rows) else 0


def told(row: Health) -> str:
    latency = f" ({row.latency_ms:.0f} ms)" if row.latency_ms is not None else ""
    return f"{row.state:<9} {row.part:<16} {say(row.notice).strip()}{latency}"


async def probe(plan: Plan, *, chat_s: float | None = None) -> list[Health]:
    """One row for every part that is switched on, in the order they are needed. `chat_s`: how long a chat may take."""
    names = ", ".join(persona.name for persona in plan.cast)
    rows = [Health("files", "ok", Notice("check.files", {"cast": names}))]
    rows += [Health(f"cast.{who}", "degraded", Notice("check.default", {"part": part})) for who, part in plan.defaulted]
    rows += [_state(plan.folders.state), _port(plan)]
    found = await asyncio.gather(
        _chats(plan, CHAT_S if chat_s is None else chat_s),
        probe_ears(plan), _brain(plan), _voices(plan), probe_stage(plan),
    )  # fmt: skip
    return [*rows, *(row for part in found for row in part)]


def _state(folder: Path) -> Health:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe_file = folder / ".probe"
        probe_file.write_text("x", encoding="utf-8")
        probe_file.unlink()
    except OSError as wrong:
        notice = Notice("part.misconfigured", {"reason": f"{folder} cannot be written ({wrong.strerror})"})
        return Health("state", "broken", notice)
    return Health("state", "ok", Notice("check.state", {"folder": str(folder)}))


def _port(plan: Plan) -> Health:
    port = plan.settings.web.port
    with socket.socket() as probe_socket:
        if sys.platform != "win32":  # there the option means something else: two programs on one port
            probe_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe_socket.bind(("127.0.0.1", port))
        except OSError:
            reason = f"port {port} is taken by another program, perhaps a show that is running"
            return Health("web", "broken", Notice("part.misconfigured", {"reason": reason}, f"--port {port + 1}"))
    return Health("web", "ok", Notice("check.port", {"port": port}))


async def _chats(plan: Plan, limit_s: float) -> list[Health]:
    """Every chat that is switched on, all at the same time, and who is signed in."""
    if not plan.settings.on_channel:
        return []
    accounts = Accounts(plan.folders.state, lambda: plan.settings)
    await accounts.start()
    try:
        sources, broken = open_chats(plan.settings, plan.cast, plan.seed, accounts)
        found = await asyncio.gather(*(_chat(source, limit_s) for source in sources))
        return [*(row for rows in found for row in rows), *broken, *accounts.health()]
    finally:
        await accounts.close()


async def _chat(source: ChatSource, limit_s: float) -> Sequence[Health]:
    """Connect, and look what the source says of itself once it has settled."""
    reading = asyncio.create_task(_read(source))
    loop = asyncio.get_running_loop()
    until = loop.time() + limit_s
    try:
        while _unsettled(source) and loop.time() < until and not reading.done():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        if reading.done() and (wrong := reading.exception()) is not None:
            return [_ended(source, wrong)]
        return [_told(row, limit_s) for row in _rows(source)]
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await source.aclose()


def _rows(source: ChatSource) -> Sequence[Health]:
    several: Callable[[], Sequence[Health]] | None = getattr(source, "healths", None)
    return [source.health()] if several is None else several()


def _unsettled(source: ChatSource) -> bool:
    return any(row.state in UNSETTLED and row.notice.code not in WAITING for row in _rows(source))


def _told(row: Health, limit_s: float) -> Health:
    """A chat that waits for its stream is fine; one that has not answered by now is not."""
    if row.notice.code in WAITING:
        return replace(row, state="ok")
    if row.notice.code in _OVER:
        return replace(row, state="broken")
    if row.state not in UNSETTLED:
        return row
    return Health(row.part, "broken", Notice("chat.no_answer", {"seconds": round(limit_s)}, "fix.check_network"))


def _ended(source: ChatSource, wrong: BaseException) -> Health:
    match wrong:
        case Misconfigured() if source.health().state == "broken":
            return source.health()  # in words of its own
        case Misconfigured():
            return Health(source.name, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))
        case Unavailable():
            return Health(source.name, "broken", Notice("part.unavailable", {"reason": wrong.reason}))
        case _:
            return Health(source.name, "broken", Notice("part.crashed", {"error": type(wrong).__name__}))


async def _read(source: ChatSource) -> None:
    async for _ in source.rows():
        pass


async def _brain(plan: Plan) -> list[Health]:
    llm, scripted, rows = open_brain(plan.settings, ScriptedBrain(plan.cast), seed=plan.seed)
    if scripted:
        rows.append(Health("llm", "ok" if not rows else "degraded", Notice("llm.scripted")))
        rows += [
            Health("llm.offer", "off", Notice("llm.offered", {"provider": each.profile, "models": model_names(each)}))
            for each in await discover()
        ]
        return rows
    rungs = llm.rungs if isinstance(llm, Ladder) else (llm,)
    names = ["llm" if number == 1 else f"llm.{number}" for number in range(1, len(rungs) + 1)]
    asked = (_timed(name, lambda rung=rung: _ask(rung)) for name, rung in zip(names, rungs, strict=True))
    rows += await asyncio.gather(*asked)
    await llm.aclose()
    return rows


async def _ask(llm: LanguageModel) -> str:
    request = Completion(messages=(Message("user", "Say the word ready."),), max_tokens=8, temperature=0.0)
    async with aclosing(llm.stream(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Token):
                return llm.name
    raise Unavailable(f"{llm.name} said nothing")


async def _voices(plan: Plan) -> list[Health]:
    engines, rows = open_voices(plan.settings)
    tried = (
        _timed(f"voice.{name}", lambda engine=engine, name=name: _speak(engine, name))
        for name, engine in engines.items()
    )
    rows += await asyncio.gather(*tried)
    for engine in engines.values():
        await engine.aclose()
    if not engines:
        rows.append(Health("voice", "degraded", Notice("voice.captions", {"reason": ""})))
    return rows


async def _speak(engine: TextToSpeech, name: str) -> str:
    async with aclosing(engine.synthesize(SpeechRequest("Ready."))) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Done) and not piece.complete:
                raise Unavailable("the sound stopped short")
    return name


async def _timed(part: str, work: Callable[[], Awaitable[str]]) -> Health:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(PROBE_S):
            name = await work()
    except TimeoutError:
        return Health(part, "broken", Notice("part.unavailable", {"reason": f"no answer within {PROBE_S:.0f} s"}))
    except Unavailable as away:
        return Health(part, "broken", Notice("part.unavailable", {"reason": away.reason}))
    except Misconfigured as wrong:
        return Health(part, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))
    return Health(part, "ok", Notice("check.answers", {"name": name}), (loop.time() - began) * 1000)

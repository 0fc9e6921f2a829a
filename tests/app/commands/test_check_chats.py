"""`check` on chats: what it says of every source in every state a source can be in, against local platforms.

All states are looked at together, once: each has its own platform, its own files and the real probe.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streamer.app.cli import main
from streamer.app.commands import check
from streamer.app.commands.check import probe, told
from streamer.app.plan import read_plan
from streamer.app.signin.accounts import Accounts
from streamer.ports import Health
from streamer.texts import LANGUAGES, say, texts
from tests.app.kit import folders, put
from tests.e2e.chats import BOT, Platforms, keep, keep_google, no_keys
from tests.fakes.google_oauth import CLIENT as GOOGLE
from tests.fakes.google_oauth import SECRET as GOOGLE_SECRET
from tests.fakes.http_voice import FakeHttpVoice
from tests.fakes.openai import FakeOpenAi
from tests.fakes.youtube_api import error

PATIENT_S = 20.0
"""How long a chat may take here, where many are looked at together on a busy machine."""
HANGING = ("guest, silent", "Twitch silent", "page, silent")
HANG_S = 5.0
"""For those: nothing ever answers, so their time runs out, however long it is."""
WAITING = (
    "expired, sign-in server hangs",
    "Streamer.bot silent",
    "guest, no such channel",
    "page, both engines broken",
)
"""What these are told comes only after ten seconds and more."""
AT_ONCE = 14
LIMITS = (check.CHAT_S, check.PROBE_S)
TYPICAL_S = 13.0
GONE = "http://127.0.0.1:9"
"""Nobody listens there."""
QUIET = {"tts": {"offline_voice_on_air": False}, "web": {"port": 0}}
VIDEO = "https://youtu.be/abcdefghijk"
KEY = "AIza-the-key-of-this-test"
ALERTS_OFF: dict[str, Any] = {"alerts": []}

Chat = dict[str, Any]
Make = Callable[[Platforms, Path], Awaitable[Chat]]


class Case(msgspec.Struct, frozen=True):
    """`wanted`: state and code of each row; `words`: what the sentence of the first must contain."""

    make: Make
    wanted: dict[str, tuple[str, str]]
    words: tuple[str, ...]


class Seen(msgspec.Struct, frozen=True):
    rows: list[Health]
    secrets: tuple[str, ...]


CASES: dict[str, Case] = {}
_ACCOUNTS = {
    "account": "account.twitch.bot",
    "owner": "account.twitch.broadcaster",
    "google": "account.youtube.broadcaster",
}


def case(name: str, *words: str, **wanted: tuple[str, str]) -> Callable[[Make], Make]:
    """`twitch__spare` stands for the part `chat.twitch.spare`, `account`, `owner` and `google` for rows of accounts."""

    def put_down(make: Make) -> Make:
        parts = {_ACCOUNTS.get(part) or f"chat.{part.replace('__', '.')}": told for part, told in wanted.items()}
        CASES[name] = Case(make, parts, words)
        return make

    return put_down


# --- Twitch as a guest ------------------------------------------------------------------------------------------------


def guest(world: Platforms, **more: Any) -> Chat:
    return {"twitch": {"channel": world.twitch.channel, "irc_url": world.irc.url, **more}}


@case("guest", twitch=("ok", "chat.ok"))
async def _guest(world: Platforms, _: Path) -> Chat:
    return guest(world)


@case("guest, no such channel", "name", twitch=("broken", "chat.no_such_channel"))
async def _guest_wrong(world: Platforms, _: Path) -> Chat:
    return guest(world, channel="nobody_at_all")


@case("guest, refused", twitch=("broken", "chat.login_refused"))
async def _guest_refused(world: Platforms, _: Path) -> Chat:
    world.irc.refuse_login = True
    return guest(world)


@case("guest, unreachable", "network", twitch=("broken", "chat.unreachable"))
async def _guest_unreachable(world: Platforms, _: Path) -> Chat:
    return guest(world, irc_url="ws://127.0.0.1:9/")


@case("guest, 503", "network", twitch=("broken", "chat.unreachable"))
async def _guest_503(world: Platforms, _: Path) -> Chat:
    world.irc.refuse_sockets = True
    return guest(world)


@case("guest, silent", "network", twitch=("broken", "chat.no_answer"))
async def _guest_silent(world: Platforms, _: Path) -> Chat:
    world.irc.silence()
    return guest(world)


@case("guest, another dialect", "irc_url", twitch=("broken", "chat.no_capabilities"))
async def _guest_dialect(world: Platforms, _: Path) -> Chat:
    world.irc.refuse_tags = True
    return guest(world)


# --- Twitch, signed in ------------------------------------------------------------------------------------------------


def signed(world: Platforms, **more: Any) -> Chat:
    return {"twitch": world.twitch_settings(**(ALERTS_OFF | more))}


@case("signed in", twitch=("ok", "chat.ok"), twitch__spare=("ok", "chat.ok"), account=("ok", "account.ok"))
async def _signed(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    return signed(world)


@case("signed in, alone", twitch=("ok", "chat.ok"), account=("ok", "account.ok"))
async def _signed_alone(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    return signed(world, read="eventsub")


@case("wrong client id", twitch=("broken", ""), account=("broken", "account.other_client"))
async def _other_client(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident, client="another0123456789another012345")
    return signed(world, read="eventsub")


@case("client id Twitch does not know", twitch=("broken", ""), account=("ok", ""))
async def _unknown_client(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.twitch.client_id = "another0123456789another012345"
    return signed(world, read="eventsub")


@case("expired, refreshed", twitch=("ok", "chat.ok"), account=("ok", "account.ok"))
async def _expired(world: Platforms, state: Path) -> Chat:
    kept = keep(state, world.ident, expires_at=time.time() - 60)
    world.ident.id.access.pop(kept.access)
    return signed(world, read="eventsub")


@case("revoked", twitch=("broken", "chat.eventsub.signed_out"), account=("broken", "account.auth_needed"))
async def _revoked(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.ident.id.disconnect("mika_bot")
    return signed(world, read="eventsub")


@case("revoked, guest beside it", twitch=("degraded", "chat.eventsub.signed_out"), twitch__spare=("ok", "chat.ok"),
      account=("broken", "account.auth_needed"))  # fmt: skip
async def _revoked_beside(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.ident.id.disconnect("mika_bot")
    return signed(world)


@case("no scope to read", twitch=("broken", "chat.eventsub.no_scope"), account=("degraded", "account.missing"))
async def _no_scope(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident, scopes=("user:write:chat",))
    return signed(world, read="eventsub")


@case("under-scoped", twitch=("ok", "chat.eventsub.partly"), owner=("degraded", "account.missing"))
async def _under_scoped(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident, "mika_live", BOT, role="broadcaster")
    return signed(world, read="eventsub", alerts=["follows", "redemptions"])


@case("signed in, no such channel", "chat.twitch.channel", twitch=("broken", "chat.no_such_channel"))
async def _signed_wrong(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    return signed(world, read="eventsub", channel="nobody_at_all")


@case("too many connections", twitch=("broken", "chat.eventsub.connections"))
async def _connections(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.twitch.connections_max = 0
    return signed(world, read="eventsub")


@case("Helix broken", twitch=("broken", "chat.eventsub.unreachable"))
async def _helix(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.twitch.fail("", 500, times=1_000)
    return signed(world, read="eventsub")


@case("Helix broken, guest beside it", twitch=("degraded", ""), twitch__spare=("ok", "chat.ok"))
async def _helix_beside(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.twitch.fail("", 500, times=1_000)
    return signed(world)


@case("EventSub unreachable", twitch=("broken", "chat.eventsub.unreachable"))
async def _eventsub_away(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    return signed(world, read="eventsub", eventsub_url="ws://127.0.0.1:9/ws", api_url=GONE)


@case("Twitch silent", twitch=("broken", ""))
async def _eventsub_silent(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.twitch.fail("", -1, times=1_000)
    return signed(world, read="eventsub")


@case("nobody signed in", "login", twitch=("broken", "chat.not_signed_in"))
async def _nobody(world: Platforms, _: Path) -> Chat:
    return signed(world, read="eventsub")


@case("sign-in server hangs", twitch=("ok", "chat.ok"))
async def _ident_hangs(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.ident.mode = "hang"
    return signed(world, read="eventsub")


@case("expired, sign-in server hangs", twitch=("broken", ""), account=("broken", ""))
async def _expired_hangs(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident, expires_at=time.time() - 60)
    world.ident.mode = "hang"
    return signed(world, read="eventsub")


# --- YouTube by its page ----------------------------------------------------------------------------------------------


def page(world: Platforms, **more: Any) -> Chat:
    return {"youtube": {"channel": "@mika", "base_url": world.youtube.url, **more}}


@case("page", youtube=("ok", "chat.youtube.ok"))
async def _page(world: Platforms, _: Path) -> Chat:
    return page(world)


@case("page, announced", youtube=("ok", "chat.youtube.waiting_until"))
async def _page_waiting(world: Platforms, _: Path) -> Chat:
    world.youtube.video.state, world.youtube.video.starts_at = "upcoming", time.time() + 3_600
    return page(world)


@case("page, offline", youtube=("ok", "chat.youtube.offline"))
async def _page_offline(world: Platforms, _: Path) -> Chat:
    world.youtube.current = ""
    return page(world)


@case("page, no such handle", "chat.youtube.channel", youtube=("broken", "chat.youtube.no_channel"))
async def _page_no_channel(world: Platforms, _: Path) -> Chat:
    return page(world, channel="@nobody-here")


@case("page, no such video", "chat.youtube.channel", youtube=("broken", "chat.youtube.no_video"))
async def _page_no_video(world: Platforms, _: Path) -> Chat:
    return page(world, channel=VIDEO)


@case("page, stream over", youtube=("broken", "chat.youtube.over"))
async def _page_over(world: Platforms, _: Path) -> Chat:
    world.youtube.begin("abcdefghijk").state = "ended"
    return page(world, channel=VIDEO)


@case("page, members only", youtube=("broken", "chat.youtube.members_only"))
async def _page_members(world: Platforms, _: Path) -> Chat:
    world.youtube.video.state = "members"
    return page(world)


@case("page, chat off", "YouTube Studio", youtube=("broken", "chat.youtube.chat_off"))
async def _page_chat_off(world: Platforms, _: Path) -> Chat:
    world.youtube.video.chat = False
    return page(world)


@case("page, consent", youtube=("broken", "chat.youtube.consent"))
async def _page_consent(world: Platforms, _: Path) -> Chat:
    world.youtube.consent = "always"
    return page(world)


@case("page, one engine broken", youtube=("ok", "chat.youtube.second"))
async def _page_second(world: Platforms, _: Path) -> Chat:
    world.youtube.down["pytchat"] = "broken"
    return page(world)


@case("page, both engines broken", "API key", youtube=("broken", "chat.youtube.changed"))
async def _page_engines(world: Platforms, _: Path) -> Chat:
    world.youtube.down |= {"pytchat": "broken", "innertube": "broken"}
    return page(world)


@case("page, 429", youtube=("broken", "chat.youtube.rate_limited"))
async def _page_429(world: Platforms, _: Path) -> Chat:
    world.youtube.pages_down = "429"
    return page(world)


@case("page, unreachable", "network", youtube=("broken", ""))
async def _page_unreachable(world: Platforms, _: Path) -> Chat:
    return page(world, base_url=GONE)


@case("page, silent", "network", youtube=("broken", ""))
async def _page_silent(world: Platforms, _: Path) -> Chat:
    world.youtube.pages_down = "slow"
    return page(world)


# --- YouTube by its API -----------------------------------------------------------------------------------------------


def api(world: Platforms, *, beside: bool = False, **more: Any) -> Chat:
    if beside:
        world.youtube.begin("abcdefghijk")
    world.api.keys = {KEY}
    urls = {"base_url": world.youtube.url if beside else GONE, "api_url": world.api.url}
    return {"youtube": {"channel": VIDEO, "api_key": KEY, **urls, **more}}


@case("key", youtube=("ok", "chat.ytapi_ok"), youtube__page=("ok", "chat.youtube.ok"))
async def _key(world: Platforms, _: Path) -> Chat:
    return api(world, beside=True)


@case("key, handle", youtube=("ok", "chat.ytapi_ok"), youtube__page=("ok", "chat.youtube.ok"))
async def _key_handle(world: Platforms, _: Path) -> Chat:
    return api(world, beside=True, channel="@mika")


@case("key, handle that is offline", youtube=("ok", "chat.ytapi_waiting"), youtube__page=("ok", "chat.youtube.offline"))
async def _key_offline(world: Platforms, _: Path) -> Chat:
    found = api(world, beside=True, channel="@mika")
    world.youtube.current = ""
    return found


@case("wrong key", "Google's console", youtube=("broken", "chat.ytapi_key"))
async def _key_wrong(world: Platforms, _: Path) -> Chat:
    return api(world) | {"youtube": api(world)["youtube"] | {"api_key": "AIza-a-wrong-one"}}


@case("wrong key, page beside it", "Google's console", youtube=("degraded", "chat.ytapi_key"),
      youtube__page=("ok", "chat.youtube.ok"))  # fmt: skip
async def _key_wrong_beside(world: Platforms, _: Path) -> Chat:
    found = api(world, beside=True)
    world.api.keys = set()
    return found


@case("key, API not enabled", "Enable", youtube=("broken", "chat.ytapi_not_enabled"))
async def _key_off(world: Platforms, _: Path) -> Chat:
    for call in ("videos", "stream", "list"):
        world.api.refuse[call] = lambda: error(403, "accessNotConfigured", detail="SERVICE_DISABLED")
    return api(world)


@case("key, quota exhausted", "chat.youtube.read", youtube=("broken", "chat.ytapi_quota"))
async def _key_quota(world: Platforms, _: Path) -> Chat:
    world.api.quota_left = 0
    return api(world)


@case("key, chat off", "YouTube Studio", youtube=("broken", "chat.ytapi_no_chat"))
async def _key_no_chat(world: Platforms, _: Path) -> Chat:
    world.api.state = "no_chat"
    return api(world)


@case("key, stream over", youtube=("broken", "chat.ytapi_over"))
async def _key_over(world: Platforms, _: Path) -> Chat:
    world.api.state = "ended"
    return api(world)


@case("key, no such stream", "chat.youtube.channel", youtube=("broken", "chat.ytapi_not_found"))
async def _key_missing(world: Platforms, _: Path) -> Chat:
    world.api.state = "missing"
    return api(world)


@case("key, unreachable", "network", youtube=("broken", ""))
async def _key_unreachable(world: Platforms, _: Path) -> Chat:
    return api(world, api_url=f"{GONE}/youtube/v3")


@case("API without a key", "key", youtube=("broken", "chat.youtube.no_way"))
async def _no_key(world: Platforms, _: Path) -> Chat:
    return {"youtube": {"channel": VIDEO, "read": "api", "api_url": world.api.url, "base_url": GONE}}


# --- YouTube, signed in -----------------------------------------------------------------------------------------------


def owner(world: Platforms, **more: Any) -> Chat:
    world.youtube.begin("abcdefghijk")
    client = {"auth_url": world.google.url, "client_id": GOOGLE, "client_secret": GOOGLE_SECRET}
    urls = {"base_url": world.youtube.url, "api_url": world.api.url}
    return {"youtube": {"channel": VIDEO, **client, **urls, **more}}


@case("YouTube signed in", youtube=("ok", "chat.ytapi_ok"), google=("ok", "account.ok"))
async def _owner(world: Platforms, state: Path) -> Chat:
    keep_google(state, world.google)
    return owner(world)


@case("YouTube, access taken back", "sign in", youtube=("broken", ""), google=("broken", "account.auth_needed"))
async def _owner_revoked(world: Platforms, state: Path) -> Chat:
    keep_google(state, world.google)
    world.google.id.disconnect("friday")
    return owner(world, base_url=GONE)


@case("YouTube, access taken back, page beside it", "sign in", youtube=("degraded", ""),
      youtube__page=("ok", "chat.youtube.ok"))  # fmt: skip
async def _owner_revoked_beside(world: Platforms, state: Path) -> Chat:
    keep_google(state, world.google)
    world.google.id.disconnect("friday")
    return owner(world)


@case("YouTube, no scope", youtube=("broken", "chat.ytapi_scope"))
async def _owner_scope(world: Platforms, state: Path) -> Chat:
    keep_google(state, world.google)
    for call in ("videos", "stream", "list"):
        world.api.refuse[call] = lambda: error(403, "insufficientPermissions", detail="ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    return owner(world, base_url=GONE)


# --- beside -----------------------------------------------------------------------------------------------------------


@case("Streamer.bot", streamerbot=("ok", "streamerbot.ok"))
async def _bot(world: Platforms, _: Path) -> Chat:
    return {"streamerbot": {"url": world.bot.url}}


@case("Streamer.bot not running", streamerbot=("degraded", "streamerbot.not_running"))
async def _bot_away(world: Platforms, _: Path) -> Chat:
    return {"streamerbot": {"url": "ws://127.0.0.1:9/"}}


@case("Streamer.bot, wrong password", "password", streamerbot=("broken", "streamerbot.wrong_password"))
async def _bot_password(world: Platforms, _: Path) -> Chat:
    world.bot.password = "tangerine zeppelin"
    return {"streamerbot": {"url": world.bot.url, "password": "umbrella quartz"}}


@case("Streamer.bot silent", streamerbot=("not ok", ""))
async def _bot_silent(world: Platforms, _: Path) -> Chat:
    world.bot.silent = True  # as some other program at that port
    return {"streamerbot": {"url": world.bot.url}}


@case("all of them, one broken", twitch=("ok", "chat.ok"), twitch__spare=("ok", "chat.ok"),
      youtube=("broken", "chat.youtube.members_only"), streamerbot=("ok", "streamerbot.ok"))  # fmt: skip
async def _all(world: Platforms, state: Path) -> Chat:
    keep(state, world.ident)
    world.youtube.video.state = "members"
    return signed(world) | page(world) | {"streamerbot": {"url": world.bot.url}}


# --- looking at all of them -------------------------------------------------------------------------------------------


async def _nothing() -> list[object]:
    return []


def _accounts(state: Path, settings: Any) -> Accounts:
    return Accounts(state, settings, keys=no_keys())


async def _look(case_: Case, folder: Path, chat_s: float) -> Seen:
    where = folders(folder)
    async with Platforms() as world:
        chat = await case_.make(world, where.state)
        rows = await probe(read_plan(where, given={**QUIET, "chat": chat}), chat_s=chat_s)
        secrets = [*world.ident.id.access, *world.ident.id.refresh, *world.google.id.access, *world.google.id.refresh]
        written = (world.twitch.sent, world.api.said, world.bot.done)
        assert not any(written), "a check writes nothing anywhere"
    return Seen(rows, (*secrets, KEY, GOOGLE_SECRET, world.bot.password or KEY, "umbrella quartz"))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What `check` says in every state."""

    async def run() -> dict[str, Seen]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(name: str) -> Seen:
            folder = tmp_path_factory.mktemp("show")
            if name in HANGING:  # beside the others: they only wait
                return await _look(CASES[name], folder, HANG_S)
            if name in WAITING:
                return await _look(CASES[name], folder, PATIENT_S)
            async with room:
                return await _look(CASES[name], folder, PATIENT_S)

        return dict(zip(CASES, await asyncio.gather(*map(one, CASES)), strict=True))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "discover", _nothing)
        patch.setattr(check, "Accounts", _accounts)
        return asyncio.run(run())


@pytest.mark.parametrize("name", CASES)
def test_each_state_is_told_as_it_is(seen: dict[str, Seen], name: str) -> None:
    case_ = CASES[name]
    rows = {row.part: row for row in seen[name].rows}
    assert len(rows) == len(seen[name].rows)
    told_ = {part: (row.state, row.notice.code) for part, row in rows.items()}
    for part, (state, code) in case_.wanted.items():
        assert part in told_
        assert told_[part][0] == state or (state == "not ok" and told_[part][0] in ("degraded", "broken")), told_
        assert code in ("", told_[part][1]), told_
    beside = {part for part in rows if part.startswith("chat.")} - set(case_.wanted)
    assert beside <= {"chat.youtube.page"}, "a chat nobody switched on"
    first = next(iter(case_.wanted))
    for words in case_.words:
        assert words in say(rows[first].notice)


@pytest.mark.parametrize("name", CASES)
def test_the_other_rows_are_as_they_would_be(seen: dict[str, Seen], name: str) -> None:
    others = {row.part: row.state for row in seen[name].rows if not row.part.startswith(("chat.", "account."))}
    assert others == {"files": "ok", "state": "ok", "web": "ok", "llm": "ok", "voice": "degraded"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_a_sentence_with_what_to_do(seen: dict[str, Seen], language: str) -> None:
    words = texts(language)
    for name, found in seen.items():
        for row in found.rows:
            sentence = say(row.notice, language)
            assert row.notice.code in words, (name, row)
            assert "{" not in sentence, (name, sentence)
            if row.part.startswith("chat."):
                assert row.notice.fix in words or (row.state == "ok" and not row.notice.fix), (name, row)
                reason = str(row.notice.params.get("reason", ""))
                assert not reason or reason not in sentence, (name, "a reason that is English only")
            if row.part.startswith("account.") and row.state == "broken":
                assert row.notice.fix in words or row.notice.code == "account.away_ended", (name, row)


def test_no_secret_is_in_any_row(seen: dict[str, Seen]) -> None:
    for name, found in seen.items():
        said = "\n".join(f"{told(row)} {row}" for row in found.rows)
        assert not [each for each in found.secrets if each in said], name


# --- time and exit codes ----------------------------------------------------------------------------------------------


async def test_everything_that_hangs_is_waited_for_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven parts that hang: one after the other they would take 21 s."""
    for name, value in (("discover", _nothing), ("Accounts", _accounts), ("CHAT_S", 3.0), ("PROBE_S", 3.0)):
        monkeypatch.setattr(check, name, value)
    where = folders(tmp_path)
    async with Platforms() as world, FakeOpenAi() as llm, FakeHttpVoice() as voice:
        keep(where.state, world.ident)
        world.twitch.fail("", -1, times=1_000)
        world.irc.silence()
        world.youtube.pages_down = "slow"
        world.bot.silent = True
        llm.mode = voice.mode = "silent"
        brain = {"base_url": llm.url, "model": "fake"}
        given = {
            "chat": signed(world) | page(world) | {"streamerbot": {"url": world.bot.url}}, "llm": brain,
            "llm_fallbacks": [brain], "web": {"port": 0},
            "tts": {"http": {"url": f"{voice.root}/?text={{text}}"}, "chain": ["http"], "offline_voice_on_air": False},
        }  # fmt: skip
        began = time.monotonic()
        rows = {row.part: row.state for row in await probe(read_plan(where, given=given))}
        took_s = time.monotonic() - began
    for part in ("chat.twitch", "chat.twitch.spare", "chat.youtube", "chat.streamerbot", "llm", "llm.2", "voice.http"):
        assert rows[part] == "broken", rows
    assert took_s < 18
    assert max(LIMITS) <= TYPICAL_S


@pytest.mark.parametrize(("broken", "code"), [(False, 0), (True, 1)])
async def test_the_command_ends_with_1_when_a_chat_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, broken: bool, code: int
) -> None:
    monkeypatch.setattr(check, "discover", _nothing)
    monkeypatch.setattr(check, "Accounts", _accounts)
    async with Platforms() as world:
        keep(tmp_path / "state", world.ident)
        world.youtube.video.state = "members" if broken else "live"
        text = json.dumps({**QUIET, "chat": signed(world) | page(world)})
        put(tmp_path / "home", "config/streamer.yaml", text)
        where = ["--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")]
        assert await asyncio.to_thread(main, ["check", *where]) == code
        said = capsys.readouterr()
        assert not said.err
        lines = {line.split()[1]: line for line in said.out.splitlines()}
        assert lines["chat.twitch"].startswith("ok ")
        assert lines["chat.youtube"].startswith("broken " if broken else "ok ")
        assert not [each for each in (*world.ident.id.access, *world.ident.id.refresh) if each in said.out]

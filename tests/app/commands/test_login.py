"""`login`, `login --list` and `logout` against a local id.twitch.tv."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from streamer.app.cli import main
from streamer.app.commands import login
from streamer.app.setup.secrets import Keys
from streamer.app.state import hold, release
from tests.app.kit import put
from tests.app.setup.show import Ring
from tests.fakes.google_oauth import CLIENT as GOOGLE
from tests.fakes.google_oauth import SECRET, FakeGoogleOauth
from tests.fakes.twitch_id import CLIENT, FakeTwitchId

TWITCH = 'chat: {{twitch: {{channel: friday, client_id: "{client}", auth_url: "{url}"}}}}\n'


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring()
    monkeypatch.setattr(login, "KEYS", Keys(ring))
    return ring


def where(tmp_path: Path) -> list[str]:
    return ["--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")]


async def run(tmp_path: Path, *words: str) -> int:
    return await asyncio.to_thread(main, [*words, *where(tmp_path)])


async def code_of(fake: FakeTwitchId) -> str:
    async with asyncio.timeout(20):
        while not fake.id.codes:
            await asyncio.sleep(0.02)
    return next(iter(fake.id.codes.values())).user


def files(tmp_path: Path, fake: FakeTwitchId, client: str = CLIENT) -> None:
    fake.id.interval_s = 1
    put(tmp_path / "home", "config/streamer.yaml", TWITCH.format(client=client, url=fake.url))


async def test_a_bot_signs_in_is_listed_and_signs_out(tmp_path: Path, capsys, ring: Ring) -> None:
    async with FakeTwitchId() as fake:
        files(tmp_path, fake)
        running = asyncio.create_task(run(tmp_path, "login", "twitch"))
        code = await code_of(fake)
        fake.approve(code, "stagehand")
        assert await running == 0
        said = capsys.readouterr().out
        assert code in said
        assert f"twitch.tv/activate?device-code={code}" in said
        assert "Read the chat" in said
        assert "first signs this program in as themselves" in said
        assert "Signed in as stagehand" in said
        assert "Kept in the system's keyring." in said
        assert "The next show uses it." in said
        assert "access0" not in said
        assert "refresh0" not in said
        assert await run(tmp_path, "login", "--list") == 0
        listed = capsys.readouterr().out
        assert "twitch.bot" in listed
        assert "stagehand" in listed
        assert "user:write:chat" in listed
        assert await run(tmp_path, "logout", "twitch") == 0
        assert "stagehand is signed out." in capsys.readouterr().out
        assert ring.kept == {}
        assert await run(tmp_path, "login", "--list") == 0
        assert "Nobody is signed in." in capsys.readouterr().out
        assert await run(tmp_path, "logout", "twitch") == 0
        assert "Nobody was signed in there." in capsys.readouterr().out


async def test_the_broadcaster_gets_the_scopes_of_the_alerts_and_a_running_show_is_told_of(
    tmp_path: Path, capsys
) -> None:
    async with FakeTwitchId() as fake:
        files(tmp_path, fake)
        held = hold(tmp_path / "state")
        running = asyncio.create_task(run(tmp_path, "login", "twitch", "--broadcaster"))
        fake.approve(await code_of(fake), "saturday")
        assert await running == 0
        release(held)
        said = capsys.readouterr().out
        assert "A show is running with this state folder; it takes the sign-in over" in said
        assert "Note: the channel that is read is friday, another one." in said
        assert "moderator:read:followers" in next(iter(fake.id.codes.values())).scopes


async def test_only_what_is_allowed_is_asked_for(tmp_path: Path, capsys) -> None:
    async with FakeTwitchId() as fake:
        files(tmp_path, fake)
        running = asyncio.create_task(run(tmp_path, "login", "twitch", "--allow", "moderate"))
        fake.deny(await code_of(fake))
        assert await running == 1
        assert "refused" in capsys.readouterr().err
        (code,) = fake.id.codes.values()
        assert code.scopes == ("user:read:chat", "moderator:manage:chat_messages", "moderator:manage:banned_users")
        assert await run(tmp_path, "login", "twitch", "--allow", "everything") == 2
        assert "There is no everything" in capsys.readouterr().err


async def test_a_code_that_got_too_old_is_1(tmp_path: Path, capsys) -> None:
    async with FakeTwitchId() as fake:
        files(tmp_path, fake)
        running = asyncio.create_task(run(tmp_path, "login", "twitch"))
        await code_of(fake)
        for code in fake.id.codes.values():
            code.until = 0
        assert await running == 1
        assert "too old" in capsys.readouterr().err


async def test_without_a_client_id_the_steps_are_told(tmp_path: Path, capsys) -> None:
    assert await run(tmp_path, "login", "twitch") == 2
    said = capsys.readouterr().err
    assert "dev.twitch.tv/console/apps" in said
    assert "Public" in said
    assert await run(tmp_path, "login", "youtube") == 2
    assert "TVs and Limited Input devices" in capsys.readouterr().err
    assert await run(tmp_path, "login") == 2
    assert "login twitch" in capsys.readouterr().err


async def test_a_wrong_client_id_and_a_server_that_is_away(tmp_path: Path, capsys) -> None:
    async with FakeTwitchId() as fake:
        files(tmp_path, fake, client="unknown")
        assert await run(tmp_path, "login", "twitch") == 2
        assert "Twitch does not know this client id" in capsys.readouterr().err
        files(tmp_path, fake)
        fake.mode = "500"
        assert await run(tmp_path, "login", "twitch") == 1
        assert "answers 500" in capsys.readouterr().err


async def test_youtube_signs_in_with_the_secret_of_the_environment(tmp_path: Path, capsys, monkeypatch) -> None:
    async with FakeGoogleOauth() as fake:
        fake.id.interval_s = 1
        text = f'chat: {{youtube: {{client_id: "{GOOGLE}", auth_url: "{fake.url}", api_url: "{fake.api_url}"}}}}\n'
        put(tmp_path / "home", "config/streamer.yaml", text)
        monkeypatch.setenv("SHOWRUNNER_CHAT__YOUTUBE__CLIENT_SECRET", SECRET)
        running = asyncio.create_task(run(tmp_path, "login", "youtube"))
        async with asyncio.timeout(20):
            while not fake.id.codes and not running.done():
                await asyncio.sleep(0.02)
        if running.done():
            pytest.fail(capsys.readouterr().err)
        fake.id.approve(next(iter(fake.id.codes.values())).user, "Friday Night")
        assert await running == 0
        assert "Signed in as Friday Night" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="another way to press Ctrl-C")
async def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    async with FakeTwitchId() as fake:
        files(tmp_path, fake)
        environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "streamer", "login", "twitch", *where(tmp_path), env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout is not None
        async with asyncio.timeout(40):
            while b"Ctrl-C gives up" not in await child.stdout.readline():
                pass
            child.send_signal(signal.SIGINT)
            _, err = await child.communicate()
        assert (child.returncode, err.decode().strip()) == (130, "Nothing was changed.")
        assert not list((tmp_path / "state").glob("*.json")) if (tmp_path / "state").exists() else True

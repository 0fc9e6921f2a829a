"""`login twitch`, `login youtube`, `login --list` and `logout SERVICE`: accounts, signed in without a browser on this
machine. A show that runs with the same state folder notices within seconds."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from typing import Any

from streamer.app.folders import folders
from streamer.app.settings import Settings, read_settings
from streamer.app.setup.secrets import KEYS
from streamer.app.signin.accounts import NAMES, Accounts
from streamer.app.signin.clients import Client
from streamer.app.signin.scopes import pieces, roles_of
from streamer.app.state import hold, release
from streamer.app.yamlfile import BadFiles
from streamer.ports import AccountRole, Misconfigured, Service, Unavailable
from streamer.texts import say, texts
from streamer.web.signin import Attempt

LOOK_S = 0.2
TOLD_S = 30.0
DONE, FAILED, UNUSABLE = 0, 1, 2
STEPS = {
    "twitch": """\
There is no client id for Twitch yet. You make one once, in three steps:
  1. Open https://dev.twitch.tv/console/apps and press "Register Your Application".
  2. Give it any name, the OAuth redirect URL http://localhost, a category, and the client type Public.
  3. Copy its client id into home/config/streamer.yaml:
       chat: {twitch: {client_id: YOUR_CLIENT_ID}}
The panel has a field for it, too: Set-up, Channel.""",
    "youtube": """\
Reading YouTube's chat needs no account. Writing needs a client of your own at Google, made once:
  1. At https://console.cloud.google.com make a project and enable "YouTube Data API v3".
  2. Under Credentials make an OAuth client ID of the type "TVs and Limited Input devices".
  3. Put its id into home/config/streamer.yaml, and its secret into the environment or home/.env:
       chat: {youtube: {client_id: YOUR_CLIENT_ID}}
       SHOWRUNNER_CHAT__YOUTUBE__CLIENT_SECRET=...
The panel has fields for both: Set-up, Channel.""",
}


def main(options: argparse.Namespace) -> int:
    """0 done; 1 not done (refused, too late, no network); 2 nothing to sign in with, or files that cannot be read."""
    where = folders(options.home, options.state)
    try:
        settings = read_settings(where, options.config)
    except BadFiles as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    if options.command == "login" and options.list:
        return _list(where.state, settings)
    service: Service = options.service
    if service is None:
        print("Name a service: login twitch, or login youtube. login --list shows who is signed in.", file=sys.stderr)
        return UNUSABLE
    role = _role(service, options)
    accounts = Accounts(where.state, lambda: settings, keys=KEYS)
    try:
        with asyncio.Runner() as runner:
            if options.command == "logout":
                return runner.run(_logout(accounts, service, role))
            return runner.run(_login(accounts, service, role, settings, options.allow or None))
    except KeyboardInterrupt:
        print("\nNothing was changed.", file=sys.stderr)
        return 130


def _role(service: Service, options: argparse.Namespace) -> AccountRole:
    asked = options.role if options.command == "logout" else "broadcaster" if options.broadcaster else "bot"
    roles = roles_of(service)
    return "broadcaster" if asked == "broadcaster" or "bot" not in roles else "bot"


def _list(state: Any, settings: Settings) -> int:
    """What is known without asking anybody; no token is read."""
    accounts = Accounts(state, lambda: settings, keys=KEYS)
    index = accounts.store.index()
    if not index:
        print("Nobody is signed in.")
    for key, entry in sorted(index.items()):
        ended = "; has ended, sign in again" if entry.gone == entry.n else ""
        where = "keyring" if entry.where == "keyring" else "state/tokens.json"
        print(f"{key:<20} {entry.login or '(name not known yet)'}  [{where}]{ended}")
        for scope in entry.scopes:
            print(f"{'':<20} {scope}")
    return DONE


async def _login(
    accounts: Accounts, service: Service, role: AccountRole, settings: Settings, allow: list[str] | None
) -> int:
    known = {each.name for each in pieces(service, role)}
    if unknown := [each for each in allow or () if each not in known]:
        print(f"There is no {', '.join(unknown)}; there is {', '.join(sorted(known))}.", file=sys.stderr)
        return UNUSABLE
    await accounts.settings_changed()
    if not accounts.client(service).ready:
        print(_how(accounts.client(service)), file=sys.stderr)
        return UNUSABLE
    try:
        attempt = await accounts.begin(service, role, allow)
        _tell(service, role, attempt, allow or accounts.suggested(service, role))
        attempt = await _follow(lambda: accounts.attempt(service, role))
    except Misconfigured as wrong:
        print(f"{wrong.reason[:1].upper()}{wrong.reason[1:]}. {wrong.fix[:1].upper()}{wrong.fix[1:]}.", file=sys.stderr)
        return UNUSABLE
    except Unavailable as away:
        print(f"{away.reason}. Check the network, then try again.", file=sys.stderr)
        return FAILED
    finally:
        await accounts.close()
    return _ended(accounts, service, role, settings, attempt)


def _how(client: Client) -> str:
    return STEPS[client.service]


def _tell(service: Service, role: AccountRole, attempt: Attempt, allow: Any) -> None:
    who = {"bot": "the account that reads and writes the chat", "broadcaster": "the account of the channel"}[role]
    print(f"Signing in to {NAMES[service]} as {who}. It will be allowed to:")
    words = texts("en")
    for each in pieces(service, role):
        if each.fixed or each.name in allow:
            print(f"  - {words[f'signin.allow.{service}.{each.name}']}")
    print(f"\n  Open   {attempt.link}\n  Code   {attempt.user_code}\n")
    print("Keep both off the stream: whoever enters the code first signs this program in as themselves.")
    print(f"It is good for {attempt.left_s / 60:.0f} minutes. Ctrl-C gives up.", flush=True)


async def _follow(look: Callable[[], Attempt | None]) -> Attempt:
    """Wait for the end, with a line of progress."""
    loop, told = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    shown = sys.stdout.isatty()
    while (attempt := look()) is not None and attempt.state == "waiting":
        if shown:
            left = int(attempt.left_s)
            print(f"\rWaiting for you ... {left // 60}:{left % 60:02d} left  ", end="", flush=True)
        elif loop.time() - told >= TOLD_S:
            told = loop.time()
            print(f"Still waiting; {attempt.left_s / 60:.0f} minutes left.", flush=True)
        await asyncio.sleep(LOOK_S)
    if shown:
        print("\r" + " " * 40 + "\r", end="")
    return attempt or Attempt("expired")


def _ended(accounts: Accounts, service: Service, role: AccountRole, settings: Settings, attempt: Attempt) -> int:
    match attempt.state:
        case "done":
            name = attempt.login or "(the name is not known yet)"
            print(f"Signed in as {name}. If that is not you: logout {service} {role}, then login again.")
            channel = settings.channel
            is_owner = channel is None or channel.channel.lower() == attempt.login.lower()
            if channel is not None and attempt.login and (service, role) == ("twitch", "broadcaster") and not is_owner:
                print(f"Note: the channel that is read is {channel.channel}, another one.")
            print(_kept(accounts, service, role))
            print(_running(accounts))
            return DONE
        case "denied":
            print("The sign-in was refused. Nothing was changed.", file=sys.stderr)
        case "expired" | "waiting":
            print("The code is too old. Nothing was changed; run this again for another one.", file=sys.stderr)
        case "failed":
            words = say(attempt.words) if attempt.words is not None else "Not done."
            print(words, file=sys.stderr)
    return FAILED


def _kept(accounts: Accounts, service: Service, role: AccountRole) -> str:
    entry = accounts.store.index().get(f"{service}.{role}")
    in_ring = entry is not None and entry.where == "keyring"
    return "Kept in the system's keyring." if in_ring else "Kept in state/tokens.json, readable by you only."


def _running(accounts: Accounts) -> str:
    """Whether a show has the state folder now."""
    try:
        release(hold(accounts.state))
    except Misconfigured:
        return "A show is running with this state folder; it takes the sign-in over within seconds."
    return "The next show uses it."


async def _logout(accounts: Accounts, service: Service, role: AccountRole) -> int:
    await accounts.settings_changed()
    keeper = accounts.keeper(service, role)
    try:
        await keeper.look()
        name = keeper.login or keeper.key
        was = keeper.signed_in or keeper.key in accounts.store.index()
        await accounts.sign_out(service, role)
    except (Unavailable, OSError) as wrong:
        print(f"Not signed out: {wrong}", file=sys.stderr)
        return FAILED
    finally:
        await accounts.close()
    print(f"{name} is signed out." if was else "Nobody was signed in there.")
    return DONE

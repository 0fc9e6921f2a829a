"""`obs setup`, `obs setup --undo` and `obs status`: scenes, sources and texts in the streamer's own OBS, shown before
they are made and taken back exactly. Works beside a running show, which reads the changed settings by itself.
"""

import argparse
import asyncio
import contextlib
import getpass
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from streamer.adapters.obs.condition import ConditionWatch
from streamer.adapters.obs.errors import ObsGone
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.probe import connect, fault_notice
from streamer.adapters.obs.settings import ObsPart
from streamer.adapters.obs.setup.apply import Progress
from streamer.adapters.obs.setup.memory import FileMade, load_memory
from streamer.adapters.obs.setup.steps import Plan as Steps
from streamer.adapters.obs.setup.steps import words_of
from streamer.app.folders import folders
from streamer.app.obs.files import ObsFiles, first_map
from streamer.app.obs.wish import base_for, is_here, wish_for, with_first_map
from streamer.app.obs.work import MEMORY, Work
from streamer.app.plan import Plan, read_plan
from streamer.app.setup.secrets import KEYS, name_for
from streamer.app.staging.opening import OBS_KEY, keyed_obs
from streamer.app.state import open_grants
from streamer.app.yamlfile import BadFiles
from streamer.ports import Misconfigured, Notice
from streamer.texts import say

DONE, FAILED, UNUSABLE = 0, 1, 2
TRIES = 3
LOOK_S = 1.0
_Result = TypeVar("_Result")


def main(options: argparse.Namespace) -> int:
    """0 done, or nothing to do; 1 not done (no OBS, wrong password, something OBS refused, "no"); 2 files or an address
    that cannot be used."""
    where = folders(options.home, options.state)
    try:
        plan = read_plan(where, file=options.config)
    except BadFiles as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    try:
        part = _part(plan, options.url or "")
    except ValidationError as error:
        print(f"This address cannot be used: {error.errors()[0]['msg']}", file=sys.stderr)
        return UNUSABLE
    try:
        with asyncio.Runner() as runner:
            sitting = _Sitting(plan, part, options, runner)
            return sitting.status() if options.action == "status" else sitting.setup()
    except KeyboardInterrupt:
        print("\nEnded. What was made so far is remembered; --undo removes it.", file=sys.stderr)
        return 130
    except BadFiles as error:
        print(error, file=sys.stderr)
    except Misconfigured as wrong:
        print(f"{wrong.reason}. {wrong.fix}", file=sys.stderr)
    except ObsGone:
        print("The connection to OBS was lost. What was made so far is remembered: run this again.", file=sys.stderr)
    except OSError as error:
        print(f"Cannot be written: {error.strerror or error}", file=sys.stderr)
    return FAILED


def _part(plan: Plan, url: str) -> ObsPart:
    part = plan.settings.obs or ObsPart()
    return keyed_obs(ObsPart(**{**part.model_dump(), "url": url}) if url else part)


class _Sitting:
    """Questions are asked while no loop runs: nothing waits for an answer then, and Ctrl-C ends the question."""

    def __init__(self, plan: Plan, part: ObsPart, options: argparse.Namespace, runner: asyncio.Runner) -> None:
        self._plan, self._part, self._options, self._runner = plan, part, options, runner
        self._files = ObsFiles(plan.folders, options.config)
        self._password = part.password.get_secret_value()
        self._typed = False
        self._code = ""

    # --- connecting -------------------------------------------------------------------------------------------------

    async def _sit(self, do: Callable[[Work, ObsLink], Awaitable[_Result]]) -> _Result | None:
        """What `do` answers on a connection that is ready, OBS looked at; None when there is no connection."""
        link = ObsLink(self._part.url, self._password)
        async with connect(link) as ready:
            if not ready:
                self._code = link.code  # a closed link has none
                return None
            work = self._work(link)
            await work.look()
            return await do(work, link)

    def _reached(self, do: Callable[[Work, ObsLink], Awaitable[_Result]]) -> _Result | None:
        """The same, asking for the password as often as people mistype it; None was explained."""
        if self._options.password_stdin and not self._typed:
            self._password, self._typed = sys.stdin.readline().rstrip("\r\n"), True
        for attempt in range(TRIES):
            answer = self._runner.run(self._sit(do))
            if answer is not None:
                return answer
            again = self._code in ("password", "password_missing") and not self._options.password_stdin
            if not again or not sys.stdin.isatty() or attempt == TRIES - 1:
                break
            told = "OBS wants a password" if self._code == "password_missing" else "OBS refuses this password"
            print(f"{told}. It stands in OBS under Tools > WebSocket Server Settings > Show Connect Info.")
            self._password, self._typed = getpass.getpass("Password (not shown): "), True
        print(say(fault_notice(self._code, self._part.url)), file=sys.stderr)
        return None

    def _work(self, link: ObsLink) -> Work:
        settings = self._plan.settings
        port = self._options.port or settings.web.port
        base = settings.web.public_url.rstrip("/") or f"http://localhost:{port}"
        _, token = open_grants(self._plan.folders.state).overlay()
        there = base_for(base, self._part.url, port)
        return Work(link, wish_for(self._plan, there, token, self._options.layout), self._plan.folders.state)

    def _keep_password(self) -> None:
        """Into the keyring, if the user likes; never into a file."""
        if not self._typed or self._password in ("", self._part.password.get_secret_value()):
            return
        variable = f"{OBS_KEY}=... in home/.env"
        if not KEYS.usable:
            print(f"There is no keyring here to keep the password in; set {variable} for the show.")
        elif self._yes("Keep the password in the system's keyring?"):
            kept = KEYS.put(name_for(OBS_KEY, self._part.url), self._password)
            print("Kept in the keyring." if kept else f"The keyring did not take it; set {variable}.")
        else:
            print(f"Not kept; set {variable} for the show.")

    def _yes(self, question: str) -> bool:
        if self._options.yes:
            return True
        if not sys.stdin.isatty():
            print(f"{question} (nobody to ask; --yes says yes)")
            return False
        with contextlib.suppress(EOFError):
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        return False

    # --- setup ------------------------------------------------------------------------------------------------------

    def setup(self) -> int:
        plan = self._reached(self._look)
        if plan is None:
            return FAILED
        if self._options.undo:
            return self._undo(plan)
        _show(plan)
        if not plan.steps:
            print("Nothing to do in OBS: everything the show needs is there.")
        elif not self._yes("Do this?"):
            print("Nothing was done.")
            return FAILED
        done = self._reached(lambda work, _: self._make(work, plan))
        if done is None:
            return FAILED
        self._keep_password()
        return done

    async def _look(self, work: Work, link: ObsLink) -> Steps:
        print(f"Connected to OBS {link.info.obs if link.info is not None else ''}.")
        print(f"The scene collection that is open is {work.there.collection!r}.")
        if is_away(work.wish.base):
            print(f"OBS runs on another machine: its sources will ask {work.wish.base}. Start the show with --lan.")
        if self._options.undo:
            return work.undo()
        self._with_map(work, told=True)
        return work.plan()

    def _with_map(self, work: Work, *, told: bool = False) -> str:
        """The name of the scene map to write; "" for none."""
        name = self._options.map
        if name and self._files.has_map(name):
            if told:
                print(f"scenes/{name}.yaml is there already and stays as it is.")
            return ""
        if name:
            work.wish = with_first_map(work.wish, work.there)
        return name

    async def _make(self, work: Work, plan: Steps) -> int:
        name = self._with_map(work)
        if work.plan() != plan:
            print(CHANGED, file=sys.stderr)
            return FAILED
        refused = 0
        if plan.steps:
            refused = await _told(work.carry_out(plan))
            refused = max(refused, _verified(work.plan()))
        await self._settings(work, name)
        if plan.steps and not refused and work.there.browser:
            print(MONITORING)
        return FAILED if refused else DONE

    async def _settings(self, work: Work, name: str) -> None:
        """The section `obs` of the settings, and a first scene map if one is asked for."""
        now = self._plan.settings.obs
        made: list[FileMade] = []
        wanted = {"url": self._part.url} if now is None or self._options.url else {}
        if name:
            made.append(await asyncio.to_thread(self._files.write_map, name, first_map(work.there, work.there.program)))
            print(f"Wrote home/scenes/{name}.yaml: which of your scenes the show may cut to.")
        if self._options.map:
            wanted["map"] = self._options.map
        if work.captions:
            wanted["captions.text"] = work.captions
        made += await asyncio.to_thread(self._files.set, wanted)
        if made:
            print("Changed the settings: obs in home/config/streamer.yaml. A running show takes it over by itself.")
            await work.remember_files(made)

    # --- undo -------------------------------------------------------------------------------------------------------

    def _undo(self, plan: Steps) -> int:
        files = load_memory(self._plan.folders.state / MEMORY).files
        if not plan.steps and not plan.leave and not files:
            print("There is nothing of ours in this collection.")
            return self._reached(self._elsewhere) or DONE
        _show(plan)
        if files:
            print("I would also take what I wrote out of home/config/streamer.yaml and home/scenes.\n")
        if not self._yes("Do this?"):
            print("Nothing was done.")
            return FAILED
        done = self._reached(lambda work, _: self._take_back(work, plan))
        return FAILED if done is None else done

    async def _take_back(self, work: Work, plan: Steps) -> int:
        if work.undo() != plan:
            print(CHANGED, file=sys.stderr)
            return FAILED
        refused = await _told(work.take_back(plan))
        stay = await asyncio.to_thread(self._files.undo, work.memory.files)
        for each in stay:
            print(f"  stays, for you have changed it: {each.path} {'.'.join(each.key)}".rstrip())
        await work.forget_files([])
        print("Taken back." if not refused else f"{refused} steps were not possible.")
        await self._elsewhere(work, None)
        return FAILED if refused else DONE

    async def _elsewhere(self, work: Work, _link: ObsLink | None) -> int:
        for name in work.elsewhere:
            print(f"The collection {name!r} also holds things of ours: open it in OBS and run this again.")
        return DONE

    # --- status -----------------------------------------------------------------------------------------------------

    def status(self) -> int:
        done = self._reached(self._status)
        return FAILED if done is None else done

    async def _status(self, work: Work, link: ObsLink) -> int:
        there, info = work.there, link.info
        if info is not None:
            print(f"OBS {info.obs}, obs-websocket {info.websocket}, {there.platform or 'unknown platform'}")
        print(f"collection   {there.collection}\non air       {there.program}")
        for title, names in await _lists(link, work, everything=self._options.names):
            print(f"{title:<12} {', '.join(names) or '(none)'}")
        watch = ConditionWatch(lambda: {each.id: each.name for each in self._plan.cast})
        await watch.look(link)
        await asyncio.sleep(LOOK_S)
        for row in await watch.look(link):
            print(f"{row.state:<12} {say(row.notice)}")
        plan = work.plan()
        print(f"set up       {'yes' if not plan.steps else f'{len(plan.steps)} steps to do: obs setup'}")
        return DONE


def is_away(base: str) -> bool:
    """Whether OBS has to ask this machine over the network."""
    return base.startswith("http://") and not is_here(urlsplit(base).hostname or "")


CHANGED = "OBS has changed meanwhile; nothing was done. Run this again."
MONITORING = """\
Viewers hear the voices through the stream, and you hear them through OBS' monitoring device (Settings > Audio >
Advanced). Use headphones, and switch "Hear them in this tab" off in the panel: else you hear them twice."""


async def _lists(link: ObsLink, work: Work, *, everything: bool) -> list[tuple[str, list[str]]]:
    there = work.there
    out = [("scenes", list(there.scene_names))]
    if everything:
        out.append(("inputs", [each.name for each in there.inputs]))
        out.append(("hotkeys", [str(name) for name in (await link.request("GetHotkeyList")).get("hotkeys", ())]))
    return out


def _show(plan: Steps) -> None:
    """The whole plan in words, before anything is done."""
    if plan.steps:
        print("\nI would:")
    for step in plan.steps:
        print(f"  {_line(words_of(step))}")
    if plan.leave:
        print("\nI would leave as it is:")
    for notice in plan.leave:
        print(f"  {_line(notice)}")
    if plan.cannot:
        print("\nNot possible here:")
    for notice in plan.cannot:
        print(f"  {_line(notice)}")
    print()


def _line(notice: Notice) -> str:
    return say(notice).replace("\n", " ")


async def _told(steps: AsyncIterator[Progress]) -> int:
    """Progress lines; how many steps OBS refused."""
    refused = 0
    async for each in steps:
        state = "done" if not each.trouble else f"not done: OBS says {each.trouble}"
        refused += bool(each.trouble)
        print(f"  {each.number}/{each.total}  {_line(each.words)}  {state}", flush=True)
    return refused


def _verified(left: Steps) -> int:
    """Read back: what is still to do was not possible."""
    if not left.steps:
        print("Read back from OBS: everything is there.")
    for step in left.steps:
        print(f"  not there after all: {_line(words_of(step))}", file=sys.stderr)
    return len(left.steps)

"""The desk behind `/api/v1/setup`: tries things, writes them into people's files and lets the running show read them.

A change that the show cannot use is put back, and the answer says what is wrong. Files and the keyring are used in
threads; nothing here ever waits on the loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from streamer.adapters.chat.twitch_irc.settings import TwitchChat
from streamer.adapters.chat.youtube.settings import YouTubeChat
from streamer.adapters.llm.common.profiles import PROFILES
from streamer.adapters.llm.discover import LocalServer, discover
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.adapters.part import is_web_address
from streamer.adapters.tts.azure import REGION, AzureVoice
from streamer.adapters.tts.elevenlabs import ElevenLabsVoice
from streamer.app.parts import (
    AZURE_KEY,
    BRAIN_KEY,
    ELEVENLABS_KEY,
    HTTP_KEY,
    VOICE_KEY,
    address_of,
    azure_address,
    keyed_brain,
    keyed_voice,
)
from streamer.app.settings import Folders, Settings
from streamer.app.setup import brain as brains
from streamer.app.setup import channel as channels
from streamer.app.setup import voices as speech
from streamer.app.setup import writing
from streamer.app.setup.history import History
from streamer.app.setup.secrets import KEYS, Keys, name_for
from streamer.app.setup.steps import Steps
from streamer.app.setup.wording import bad_files, notice, problem
from streamer.app.setup.yamledit import Edited
from streamer.app.speakers import description
from streamer.app.yamlfile import BadFiles
from streamer.cast import Persona
from streamer.ports import Notice
from streamer.web.rest import Problem
from streamer.web.setup import (
    Brain,
    BrainState,
    BrainTried,
    ChannelState,
    ChannelTried,
    ChooseVoice,
    EngineName,
    FoundServer,
    FoundServers,
    Place,
    Play,
    SetupState,
    StepName,
    StepState,
    Undoable,
    Voices,
    VoiceServer,
    VoiceState,
)

FIND_S = 1.0
"""Longer than at a start: somebody waits for the answer, and the machine may be busy with a model."""


def _nothing() -> None:
    return None


def _places(settings: Settings) -> tuple[Place, ...]:
    """The channels that are read."""
    twitch, youtube = settings.channel, settings.youtube
    out = [Place("twitch", twitch.channel)] if twitch is not None else []
    return tuple(out + ([Place("youtube", youtube.channel.strip())] if youtube is not None else []))


@dataclass(frozen=True)
class Running:
    """What the desk needs of the running show."""

    reload: Callable[[], Awaitable[None]]
    """Reads all files again and applies them; raises `BadFiles`, and then nothing was changed."""
    settings: Callable[[], Settings]
    cast: Callable[[], Sequence[Persona]]
    revision: Callable[[], int] = lambda: 0
    """`setup.n` of the panel's feed."""
    revised: Callable[[], None] = _nothing
    """Raises it and tells the pages, for what changes without a reload."""
    facts: Callable[[], Mapping[StepName, bool]] = dict
    """Steps that are known to be done, such as `overlay` when a page inside OBS is open."""


class Desk:
    """`SetupDesk`. `file`: the settings file of `--config`, if one was given."""

    def __init__(
        self,
        folders: Folders,
        show: Running,
        *,
        file: Path | None = None,
        keys: Keys = KEYS,
        find: Callable[[], Awaitable[Sequence[LocalServer]]] = lambda: discover(limit_s=FIND_S),
    ) -> None:
        self._show = show
        self._reload, self._settings, self._cast = show.reload, show.settings, show.cast
        self._files = writing.Files(folders, file)
        self._history = History(folders.state / "backups")
        self._steps = Steps(folders.state, configured=show.settings().on_channel)
        self._folders = folders
        self._keys, self._find = keys, find
        self._lists = speech.VoiceLists()
        self._found: tuple[FoundServer, ...] | None = None
        self._free: int | None = None
        self._lock = asyncio.Lock()
        self._listening = asyncio.Semaphore(2)

    @property
    def is_welcome(self) -> bool:
        """Nobody has been through the first run yet: the panel opens with it."""
        return self._steps.welcome

    # --- reading ----------------------------------------------------------------------------------------------------

    async def state(self) -> SetupState:
        if self._found is None:  # a keyring takes its time at its first use; so do the servers
            await asyncio.gather(self.found(), asyncio.to_thread(lambda: self._keys.usable))
        out = await asyncio.to_thread(self._state)
        await asyncio.to_thread(self._steps.open)
        return out

    def _state(self) -> SetupState:
        settings = self._settings()
        places = _places(settings)
        channel = (
            ChannelState(places[0].platform, places[0].name, places=places) if places else ChannelState("demo", "")
        )
        last = self._history.last
        return SetupState(
            n=self._show.revision(),
            welcome=self._steps.welcome,
            steps=self._steps.states(self._known(settings)),
            demo=not settings.on_channel,
            channel=channel,
            brain=self._brain(settings.llm),
            voice=self._voice(settings),
            undo=Undoable(last.what, last.at) if last is not None else None,
            opened=self._steps.opened,
        )

    def _known(self, settings: Settings) -> dict[StepName, bool]:
        facts: dict[StepName, bool] = {
            "channel": settings.on_channel,
            "brain": settings.llm is not None,
            "voice": bool(settings.tts.chain),
            "character": any(self._is_new(each.id) for each in self._cast()),
        }
        return {**facts, **{step: True for step, done in self._show.facts().items() if done}}

    def _is_new(self, persona: str) -> bool:
        """Not one that came with the program: a copy made for its voice does not count."""
        return not (self._folders.shipped / "characters" / persona).is_dir()

    def _brain(self, llm: OpenAiChat | None) -> BrainState:
        keyed = keyed_brain(llm) if llm is not None else None
        return BrainState(
            scripted=llm is None,
            profile=llm.profile if llm is not None else "",
            model=(llm.model or PROFILES[llm.profile].model) if llm is not None else "",
            base_url=llm.base_url if llm is not None else "",
            has_key=keyed is not None and bool(keyed.api_key.get_secret_value()),
            price_known=llm is not None and (llm.profile == "openrouter" or brains.known_price(llm) is not None),
            keyring=self._keys.usable,
            memory_bytes=self._free,
            providers=brains.providers(),
            found=self._found or (),
            notice=self._passing(BRAIN_KEY, address_of(llm)) if llm is not None else None,
        )

    def _voice(self, settings: Settings) -> VoiceState:
        chain = tuple(settings.voice_engines())
        tts = settings.tts
        passing = [self._passing(VOICE_KEY, address_of(tts.openai))] if tts.openai is not None else []
        passing += [self._passing(HTTP_KEY, address_of(tts.http))] if tts.http is not None else []
        return VoiceState(
            chain=chain,
            engines=speech.engine_states(settings),
            personas={each.id: speech.persona_voice(each, chain) for each in self._cast()},
            keyring=self._keys.usable,
            notice=next((each for each in passing if each is not None), None),
        )

    def _passing(self, setting: str, url: str) -> Notice | None:
        """A key that will be gone at the next start."""
        if not self._keys.in_memory(name_for(setting, url)):
            return None
        shown = f'{setting}="Bearer ..."' if setting == HTTP_KEY else setting  # there it is the whole header
        return Notice("setup.key_not_kept", {"variable": shown}, "setup.key_not_kept.fix")

    async def found(self) -> FoundServers:
        self._found, self._free = await brains.found(self._find)
        return FoundServers(self._found)

    async def voices(self, engine: EngineName, language: str) -> Voices:
        return await self._lists.of(self._settings(), engine, language)

    # --- trying -----------------------------------------------------------------------------------------------------

    async def try_channel(self, text: str) -> ChannelTried:
        chat = self._settings().chat
        twitch, youtube = chat.twitch or TwitchChat(), chat.youtube or YouTubeChat()
        return await channels.try_channel(text, twitch.irc_url, youtube_url=youtube.base_url)

    async def try_brain(self, brain: Brain, question: str) -> BrainTried:
        for is_right, code in ((_is_address(_address(brain)), "bad_address"), (_is_key(brain.key.strip()), "bad_key")):
            if not is_right:
                return BrainTried(False, notice=notice(code))
        part = await asyncio.to_thread(self._part, brain)
        cast = self._cast()
        return await brains.ask(part, description(cast[0]) if cast else "", question)

    def _part(self, brain: Brain) -> OpenAiChat:
        """The brain with the key that was given for its address, and no other."""
        now = self._settings().llm
        part = OpenAiChat(profile=brain.profile, model=brain.model.strip(), base_url=brain.base_url.strip())
        if brain.key.strip():
            return brains.with_key(part, brain.key.strip())
        if now is not None and _same_host(now, part):
            part = brains.with_key(part, now.api_key.get_secret_value())
            prices = {"prompt_price": now.prompt_price, "completion_price": now.completion_price}
            part = part.model_copy(update=prices if now.model == part.model else {})
        return keyed_brain(part)

    async def play(self, play: Play) -> bytes:
        async with self._listening:
            return await speech.play(self._settings(), play)

    # --- changing ---------------------------------------------------------------------------------------------------

    async def step(self, step: StepName, state: StepState) -> SetupState:
        await asyncio.to_thread(self._steps.mark, step, state)
        return await self._told()

    async def welcome(self, *, done: bool) -> SetupState:
        await asyncio.to_thread(self._steps.finish, done=done)
        return await self._told()

    async def _told(self) -> SetupState:
        self._show.revised()
        return await self.state()

    async def set_channel(self, text: str) -> SetupState:
        found = channels.read_channel(text)
        if found.notice is not None:
            raise problem(422, found.notice.code, path="$.text", **found.notice.params)

        def in_force() -> str:
            wanted = Place(found.platform, found.name)
            return "" if wanted in _places(self._settings()) else f"chat.{found.platform}.channel"

        await self._change("channel", lambda: self._files.write(writing.channel(found.platform, found.name)), in_force)
        return await self.state()

    async def drop_channel(self, platform: str) -> SetupState:
        gone = [each.platform for each in _places(self._settings()) if platform in ("", each.platform)]

        def in_force() -> str:
            left = [each.platform for each in _places(self._settings()) if each.platform in gone]
            return f"chat.{left[0]}.channel" if left else ""

        await self._change("channel", lambda: self._files.write(writing.no_channel(gone)), in_force)
        return await self.state() if _places(self._settings()) else await self._marked("channel", "todo")

    async def set_brain(self, brain: Brain) -> SetupState:
        now = self._settings().llm
        await self._ready_for(brain, now)
        wanted = OpenAiChat(profile=brain.profile, model=brain.model.strip(), base_url=brain.base_url.strip())
        await self._keep(brain.key, BRAIN_KEY, address_of(wanted))

        def in_force() -> str:
            llm = self._settings().llm
            if llm is None:
                return "llm"
            asked = {"llm.profile": wanted.profile, "llm address": address_of(wanted).rstrip("/")}
            have = {"llm.profile": llm.profile, "llm address": address_of(llm).rstrip("/")}
            if wanted.model:
                asked["llm.model"], have["llm.model"] = wanted.model, llm.model
            return writing.overridden(asked, have)

        await self._change("brain", lambda: self._files.write(writing.brain(brain, now)), in_force)
        return await self.state()

    async def _ready_for(self, brain: Brain, now: OpenAiChat | None) -> None:
        """Raises Problem for what cannot work, and for keys that would go where they were not meant to."""
        profile = PROFILES[brain.profile]
        wanted = OpenAiChat(profile=brain.profile, model=brain.model.strip(), base_url=brain.base_url.strip())
        if not (wanted.model or profile.model):
            raise problem(422, "no_model_named", path="$.model", provider=profile.label)
        if not _is_address(_address(brain)):
            raise problem(422, "bad_address", path="$.base_url")
        if not _is_key(brain.key.strip()):
            raise problem(422, "bad_key", path="$.key")
        given = now.api_key.get_secret_value() if now is not None else ""
        if given and now is not None and not _same_host(now, wanted):
            raise problem(409, "key_elsewhere", path="$.base_url", variable=BRAIN_KEY)
        if given and brain.key.strip() not in ("", given):
            raise problem(409, "key_in_environment", path="$.key", variable=BRAIN_KEY)
        if profile.needs_key and not (given or brain.key.strip() or wanted.base_url):
            kept = await asyncio.to_thread(keyed_brain, wanted)
            if not kept.api_key.get_secret_value():
                raise problem(422, "no_key", path="$.key", provider=profile.label)

    async def drop_brain(self) -> SetupState:
        def in_force() -> str:
            return "llm" if self._settings().llm is not None else ""

        await self._change("brain", lambda: self._files.write(writing.no_brain()), in_force)
        return await self._marked("brain", "done")

    async def set_voice(self, choice: ChooseVoice) -> SetupState:
        settings = self._settings()
        states = await asyncio.to_thread(speech.engine_states, settings)
        if (state := next(each.state for each in states if each.engine == choice.engine)) != "ready":
            off = "voice_no_sdk" if choice.engine == "azure" else "voice_no_espeak"
            code = {"terms": "terms", "setup": "voice_server_missing", "off": off}[state]
            raise problem(409, code, path="$.engine", engine=speech.LABELS[choice.engine])
        await self._change("voice", lambda: self._files.voice(choice, settings))
        return await self._marked("voice", "done")

    async def terms(self, engine: str, *, accept: bool) -> SetupState:  # noqa: ARG002 - one engine has terms
        settings = self._settings()
        await self._change("terms", lambda: self._files.write(writing.terms(accept=accept, settings=settings)))
        return await self.state()

    async def voice_server(self, server: VoiceServer) -> SetupState:
        changes = writing.voice_server(server)
        where = str(next(iter(changes.values())))
        if server.engine == "azure":
            if not REGION.fullmatch(where):
                raise problem(422, "bad_region", path="$.region")
        elif not _is_address(where):
            raise problem(422, "bad_address", path="$.url" if server.engine in ("http", "voicevox") else "$.base_url")
        if server.engine != "voicevox":
            await self._server_key(server, where)
        await self._change("voice_server", lambda: self._files.write(changes))
        return await self.state()

    async def _server_key(self, server: VoiceServer, where: str) -> None:
        """Keeps the key of a voice for its address. Raises Problem for one that cannot be sent, would be sent
        elsewhere, or is missing."""
        key = server.key.strip()
        if not _is_key(key):
            raise problem(422, "bad_key", path="$.key")
        url = azure_address(where) if server.engine == "azure" else where
        tts = self._settings().tts
        now = {"openai": tts.openai, "elevenlabs": tts.elevenlabs, "azure": tts.azure}.get(server.engine)
        setting = {"openai": VOICE_KEY, "elevenlabs": ELEVENLABS_KEY, "azure": AZURE_KEY}.get(server.engine, HTTP_KEY)
        given = now is not None and now.api_key.get_secret_value()
        placed = not (isinstance(now, AzureVoice) and not now.region and not now.endpoint)
        if given and now and placed and name_for("", address_of(now)) != name_for("", url):
            path = "$.region" if server.engine == "azure" else "$.base_url"
            raise problem(409, "key_elsewhere", path=path, variable=setting)
        if server.engine in ("elevenlabs", "azure") and not given and not key:
            part = AzureVoice(region=where) if server.engine == "azure" else ElevenLabsVoice(base_url=where)
            kept = await asyncio.to_thread(keyed_voice, part)
            if isinstance(kept, AzureVoice | ElevenLabsVoice) and not kept.api_key.get_secret_value():
                raise problem(422, "no_key", path="$.key", provider=speech.LABELS[server.engine])
        await self._keep(key, setting, url)

    async def undo(self) -> SetupState:
        async with self._lock:
            if self._history.last is None:
                raise problem(409, "nothing_to_undo")
            try:
                change, edits = await asyncio.to_thread(self._history.undo)
            except BadFiles as bad:
                raise _with_status(bad_files(bad), 409) from None
            except OSError as error:
                raise _not_writable(error) from None
            await self._read_or_put_back(edits)
            await asyncio.to_thread(self._history.forget_last)
            if change.what in ("channel", "brain", "voice"):
                await asyncio.to_thread(self._steps.mark, change.what, "todo")
        return await self.state()

    # --- pieces -----------------------------------------------------------------------------------------------------

    async def _marked(self, step: StepName, state: StepState) -> SetupState:
        await asyncio.to_thread(self._steps.mark, step, state)
        return await self._told()

    async def _keep(self, key: str, setting: str, url: str) -> None:
        if key.strip():
            await asyncio.to_thread(self._keys.put, name_for(setting, url), key.strip())

    async def _change(
        self, what: str, work: Callable[[], list[Edited]], in_force: Callable[[], str] = lambda: ""
    ) -> None:
        """Write, let the show read it, remember how to take it back. `in_force` names what did not take effect."""
        async with self._lock:
            try:
                edits = [each for each in await asyncio.to_thread(work) if each.changed]
            except BadFiles as bad:
                raise bad_files(bad) from None
            except OSError as error:
                raise _not_writable(error) from None
            except ValueError:
                raise problem(422, "bad_text") from None
            await self._read_or_put_back(edits)
            if setting := in_force():
                await asyncio.to_thread(writing.undone, edits)
                await self._reload()
                raise problem(409, "overridden", setting=setting)
            if edits:
                await asyncio.to_thread(self._history.add, what, edits)

    async def _read_or_put_back(self, edits: list[Edited]) -> None:
        try:
            await self._reload()
        except BadFiles as bad:
            await asyncio.to_thread(writing.undone, edits)
            raise bad_files(bad) from None
        except BaseException:
            await asyncio.to_thread(writing.undone, edits)
            raise


def _address(brain: Brain) -> str:
    return brain.base_url.strip() or PROFILES[brain.profile].base_url


def _same_host(one: OpenAiChat, other: OpenAiChat) -> bool:
    return name_for("", address_of(one)) == name_for("", address_of(other))


def _is_address(url: str) -> bool:
    """Without a name and a password: what is set up here stands in a file that can be read by others."""
    return is_web_address(url) and "@" not in urlsplit(url).netloc


def _is_key(key: str) -> bool:
    """What a header can carry; a space inside was pasted by mistake."""
    return key.isascii() and key.isprintable() and " " not in key


def _not_writable(error: OSError) -> Problem:
    return problem(409, "not_writable", reason=error.strerror or type(error).__name__)


def _with_status(wrong: Problem, status: int) -> Problem:
    wrong.status = status
    return wrong

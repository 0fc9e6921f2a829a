"""YouTube's live chat by its own page's requests (InnerTube): the second engine.

The page gives a context and a continuation, `get_live_chat` answers with actions and the next continuation. Sources:
the page itself; yt-dlp (`downloader/youtube_live_chat.py`) does the same. Not verified against the live service.
"""

import asyncio
from typing import Any, Final
from urllib.parse import quote

import msgspec

from streamer.adapters.chat.common.clock import Clock
from streamer.adapters.chat.common.walk import at, items
from streamer.adapters.chat.youtube.engine import Batch, EngineName
from streamer.adapters.chat.youtube.pages import ChatPage, chat_page, next_of
from streamer.adapters.chat.youtube.trouble import Trouble
from streamer.adapters.chat.youtube.web import Web, decoded

_PATH: Final = "/youtubei/v1/live_chat/get_live_chat"
_AGAIN: Final = 2
"""How often a poll that failed is asked again."""


class InnerTube:
    """An Engine. `web` belongs to who gives it."""

    name: EngineName = "innertube"

    def __init__(self, web: Web, video: str, clock: Clock, *, again_s: float = 1.0) -> None:
        self._web = web
        self._video = video
        self._clock = clock
        self._again_s = again_s
        self._page: ChatPage | None = None
        self._next = ""

    async def begin(self) -> None:
        """Takes the continuation of all messages; where the page has no menu, the page of its continuation has one."""
        page = await self._chat_page(f"v={quote(self._video)}&is_popout=1")
        if not page.all_chat and page.top_chat:
            inner = await self._chat_page(f"continuation={quote(page.top_chat, safe='')}")
            page = msgspec.structs.replace(page, all_chat=inner.all_chat, top_chat=inner.top_chat or page.top_chat)
        self._next = page.all_chat or page.top_chat
        if not self._next:
            raise Trouble("over", "no continuation")
        self._page = page

    async def _chat_page(self, query: str) -> ChatPage:
        page = await self._web.page(f"/live_chat?{query}&hl=en")
        if page.status == 404:
            raise Trouble("over", "404")
        return chat_page(page.text)

    async def poll(self) -> Batch:
        for attempt in range(_AGAIN + 1):
            try:
                return await self._asked()
            except Trouble as trouble:
                if attempt == _AGAIN or not trouble.again:
                    raise
            await self._clock.sleep(self._again_s * (attempt + 1))
        raise AssertionError

    async def _asked(self) -> Batch:
        page = self._page
        if page is None:
            raise Trouble("changed", "not begun")
        query = "?prettyPrint=false" + (f"&key={quote(page.key, safe='')}" if page.key else "")
        body = {"context": _in_english(page.context), "continuation": self._next}
        headers = {"Content-Type": "application/json"} | ({"X-Goog-Visitor-Id": page.visitor} if page.visitor else {})
        answer = await self._web.post(_PATH + query, msgspec.json.encode(body), headers)
        if answer.status == 404:
            raise Trouble("over", "404")
        value = await asyncio.to_thread(decoded, answer) if len(answer.text) > 1 << 20 else decoded(answer)
        chat = at(value, "continuationContents", "liveChatContinuation")
        if chat is None:
            raise Trouble("over", "no contents")
        self._next, wait_s = next_of(chat)
        if not self._next:
            raise Trouble("over", "no continuation")
        return Batch(items(chat, "actions"), wait_s, answer.server_s)

    async def aclose(self) -> None:
        """Nothing of its own is open."""


def _in_english(context: dict[str, Any]) -> dict[str, Any]:
    """YouTube's own sentences (months of a member, polls) are asked for in one language."""
    client = at(context, "client")
    return {**context, "client": {**client, "hl": "en"}} if isinstance(client, dict) else context

"""From what was typed to the stream that runs now, by public pages: `/@handle/live`, `/channel/ID/live`, `/watch?v=`.

`probe` is the question of the set-up page and of `check`: is there such a channel?
"""

import ssl
from urllib.parse import quote

from streamer.adapters.chat.youtube.pages import Found, found_in
from streamer.adapters.chat.youtube.trouble import Trouble
from streamer.adapters.chat.youtube.wanted import URL, Wanted, wanted
from streamer.adapters.chat.youtube.web import Web
from streamer.adapters.chat.youtube.words import PREFIX, code_of
from streamer.ports import Misconfigured


async def resolve(web: Web, what: Wanted) -> Found:
    """What runs there now. Raises Trouble; `no_channel` and `no_video` are answers.

    A bare word of eleven characters may be a video or a handle: what it is not is asked last.
    """
    if what.kind == "video":
        found = await video_page(web, what.video)
        if found.state == "no_video" and what.path:
            channel = await _channel(web, what.path)
            return channel if channel.state != "no_channel" else found
        return found
    found = await _channel(web, what.path)
    if found.state == "no_channel" and what.video:
        video = await video_page(web, what.video)
        return video if video.state != "no_video" else found
    return found


async def video_page(web: Web, video: str) -> Found:
    page = await web.page(f"/watch?v={quote(video)}&hl=en")
    if page.status == 404:
        return Found("no_video", video=video)
    try:
        return found_in(page.text, video)
    except Trouble as trouble:
        if trouble.code == "changed":  # the engines need only the id
            return Found("unknown", video=video)
        raise


async def _channel(web: Web, path: str) -> Found:
    page = await web.page(f"{quote(path, safe='/@')}/live?hl=en")
    return Found("no_channel") if page.status == 404 else found_in(page.text)


async def probe(channel: str, base_url: str = URL, *, tls: ssl.SSLContext | None = None) -> tuple[bool, str, str]:
    """(can be read now or later, the name to show, a code of `texts`). Never raises; takes some seconds at most.

    Codes: `chat.youtube.live`, `.waiting`, `.waiting_until`, `.offline`: fine. `.no_channel`, `.no_video`,
    `.not_live`, `.over`, `.members_only`, `.age`, `.private`, `.chat_off`, `.not_a_channel`: no. `.unreachable`,
    `.rate_limited`, `.refused`, `.consent`, `.changed`: not known. All take the name as `channel`;
    `words.fix_of` has what helps.
    """
    try:
        what = wanted(channel, base_url)
    except Misconfigured:
        return False, "", "chat.youtube.not_a_channel"
    web = Web(base_url, tls=tls)
    try:
        found = await resolve(web, what)
    except Trouble as trouble:
        return False, what.shown, PREFIX + trouble.code
    finally:
        await web.aclose()
    fine = found.state in ("live", "upcoming", "offline", "unknown")
    return fine, found.channel or what.shown, PREFIX + code_of(found.state)

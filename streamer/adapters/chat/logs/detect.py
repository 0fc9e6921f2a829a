"""What a file is, by what is in it: one of the chat logs that can be read, or a sentence about what it is instead."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from streamer.adapters.chat.logs import chat_downloader, chatterino, chatty, twitch_vod, youtube
from streamer.adapters.chat.logs.lines import Read, encoding_of
from streamer.ports import Misconfigured

Format = Literal["jsonl", "chatterino", "chatty", "twitch_vod", "chat_downloader", "youtube_live"]
HEAD: Final = 1 << 16
SAMPLE: Final = 400
"""Lines that are looked at."""
READABLE: Final = (
    "give a chat log: the program's own JSON lines, a Chatterino or Chatty text log, Twitch VOD chat as JSON, "
    "or YouTube live chat as JSON"
)
_MAGIC: Final = (
    (b"\x89PNG", "a picture (PNG)"), (b"\xff\xd8\xff", "a picture (JPEG)"), (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"), (b"PK\x03\x04", "a ZIP archive: unpack it and give the chat log inside"),
    (b"PK\x05\x06", "an empty ZIP archive"), (b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it and give the chat log inside"),
    (b"Rar!", "a RAR archive: unpack it and give the chat log inside"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"),
    (b"\xfd7zXZ", "compressed with xz: unpack it first"),
    (b"BZh", "compressed with bzip2: unpack it first"), (b"%PDF", "a PDF document"),
    (b"\x1aE\xdf\xa3", "a video (Matroska)"), (b"OggS", "a sound or video (Ogg)"), (b"ID3", "a sound (MP3)"),
    (b"fLaC", "a sound (FLAC)"), (b"SQLite format 3", "a database (SQLite)"), (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
)  # fmt: skip
_MARKS: Final[tuple[tuple[Format, "re.Pattern[str]"], ...]] = (
    ("youtube_live", re.compile(r'"(?:replayChatItemAction|addChatItemAction|videoOffsetTimeMsec)"\s*:')),
    ("twitch_vod", re.compile(r'"content_offset_seconds"\s*:')),
    ("chat_downloader", re.compile(r'"(?:time_in_seconds|message_type)"\s*:')),
    ("jsonl", re.compile(r'"kind"\s*:')),
)
_OFFSET: Final = _MARKS[1][1]
_COMMENTS: Final = re.compile(r'"comments"\s*:\s*\[')
_KEY: Final = re.compile(r'"([A-Za-z_][A-Za-z0-9_ -]{0,29})"\s*:')


def seen(head: bytes) -> str:
    """What the first bytes are when they are no text; empty for text."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF":
        return "a picture (WebP)" if head[8:12] == b"WEBP" else "a sound or video (RIFF)"
    if head[4:8] == b"ftyp":
        return "a video (MP4)"
    if encoding_of(head) == "utf-8" and _strange(head):
        return "no text"
    return ""


def _strange(head: bytes) -> bool:
    """More than a tenth are control characters."""
    control = sum(head.count(bytes([code])) for code in range(32) if code not in (7, 8, 9, 10, 13, 27))
    return control * 10 > len(head)


def detect(head: bytes) -> Format | Literal["", "json"]:
    """The format of a file by its first `HEAD` bytes. "json": JSON whose beginning tells nothing more; "": unknown."""
    start = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")
    if "{" in start:
        for name, mark in _MARKS:
            if mark.search(start):
                return name
    if found := _text_log(start):
        return found
    return "json" if re.match(r"\{|\[\s*[\[{\]]", start) else ""


def _text_log(start: str) -> Literal["", "chatterino", "chatty"]:
    """Lines with a time of day in front, or a logger's own first line."""
    lines = [line for line in start.splitlines()[:SAMPLE] if line.strip()]
    if any(map(chatterino.MARK.match, lines)):
        return "chatterino"
    stamped = [found for line in lines if (found := chatterino.LINE.match(line))]
    if not stamped or len(stamped) * 10 < len(lines):
        return ""
    angled = sum(1 for found in stamped if chatty.MESSAGE.match(found["rest"]) or chatty.COMPACT.match(found["rest"]))
    return "chatty" if angled * 3 >= len(stamped) else "chatterino"


def unknown(head: bytes) -> str:
    """What a file in no known format looks like, in a few words."""
    if what := seen(head):
        return what
    start = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")
    if re.match(r"<(?:!doctype|html)", start, re.IGNORECASE):
        return "a web page: export the chat as JSON instead"
    if start.startswith("<?xml"):
        return "XML"
    if start[:1] in ("{", "["):
        keys = list(dict.fromkeys(_KEY.findall(start[:4_000])))[:4]
        return f"JSON with the keys {', '.join(keys)}" if keys else "JSON without a message in it"
    return "text without times of day"


def refuse(head: bytes) -> Misconfigured:
    """The sentence for a file that is no chat log."""
    return Misconfigured(f"this is no chat log that can be read; it looks like {unknown(head)}", fix=READABLE)


def opened(kind: Format, chunks: Iterator[str], head: bytes) -> Read:
    """The importer of a format at work on a file's text; "jsonl" is read elsewhere."""
    start = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")
    match kind:
        case "chatterino":
            return chatterino.read(chunks)
        case "chatty":
            return chatty.read(chunks)
        case "twitch_vod":
            return twitch_vod.read(chunks, bare=start.startswith("[") and not _COMMENTS.search(start))
        case "chat_downloader":
            return chat_downloader.read(chunks, lines=start.startswith("{"))
        case "youtube_live":
            return youtube.read(chunks)
        case "jsonl":
            return iter(())


def says_offsets(chunks: Iterator[str]) -> bool:
    """Whether Twitch comments come later in the file: pictures of emotes may stand before them."""
    before = ""
    for chunk in chunks:
        if _OFFSET.search(before + chunk):
            return True
        before = chunk[-60:]
    return False

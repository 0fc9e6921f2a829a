"""The keys under which the show knows messages and users: `twitch:<native id>`."""

import hashlib

from streamer.ports import ChatRow

ID_MAX = 128


def platform_of(row: ChatRow) -> str:
    return row.platform.replace(":", "_") or "unknown"


def key_of(platform: str, native: str) -> str:
    """Scoped by platform, and of bounded length whatever a platform calls an id."""
    if len(native) > ID_MAX:
        native = f"{native[:64]}~{hashlib.blake2b(native.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"
    return f"{platform}:{native}"

"""`Part`: what every settings value of an exchangeable part has in common. The only base class of the adapters. Beside
it, what an address of a server is.

A part is one entry under a port's name in `streamer.yaml`: `kind` picks the class, the other keys are its fields, and
the value opens itself. Reading settings therefore imports no vendor; `open` and what it returns do.
"""

import abc
import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict


class Part(BaseModel, abc.ABC):
    """Unknown keys are errors; values do not change after reading. Secrets are `SecretStr` fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @abc.abstractmethod
    def open(self) -> Any:
        """The working part behind its port. Quick, no network; raises Misconfigured when the settings cannot work."""


_HOST = re.compile(r"[^\x00-\x20\x7f!\"#$%&'()*+,/:;<=>?@\[\\\]^`{|}~]+")
_ODD = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")


def is_web_address(url: str) -> bool:
    """Whether a request can be sent there: http or https, a host that can be looked up, a port that exists.

    Clients raise errors of their own kinds for what is refused here.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host.encode("idna")
        known = parts.port != 0
    except ValueError:  # UnicodeError is one
        return False
    literal = parts.netloc.startswith("[")
    return (
        known and parts.scheme in ("http", "https") and not _ODD.search(url) and bool(literal or _HOST.fullmatch(host))
    )

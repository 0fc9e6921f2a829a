"""What the voice and the ear share: the service's address, what its errors mean, how a program is served."""

import importlib
import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from streamer.adapters.worker_child import ChildMisconfigured, ChildUnavailable, Handler, Reply, serve

SDK: Final = "azure.cognitiveservices.speech"
TICKS: Final = 10_000
"""Of 100 ns in a millisecond."""
REFUSED: Final = "Azure refuses the text"


class Service(msgspec.Struct, frozen=True):
    """Where and with which key. `part` is the settings' name in a fix: `tts.azure`."""

    key: str
    region: str
    endpoint: str
    part: str

    def config(self, sdk: Any) -> Any:
        """Raises ChildMisconfigured."""
        try:
            if self.endpoint:
                return sdk.SpeechConfig(endpoint=self.endpoint, subscription=self.key)
            return sdk.SpeechConfig(region=self.region, subscription=self.key)
        except (ValueError, RuntimeError) as error:
            fix = f"check {self.part}.region and {self.part}.endpoint"
            raise ChildMisconfigured("Azure's SDK does not take the address", fix) from error


def failure_of(details: Any, part: str) -> ChildMisconfigured | ChildUnavailable:
    """What a cancellation means. The service's own words are left out: they may repeat the text."""
    code = details.error_code.name if hasattr(details, "error_code") else details.code.name
    said = str(details.error_details or "")
    status = re.search(r"\((\d{3})\)", said)
    shown = f" ({status[1]})" if status else ""
    fix = f"check {part}.api_key and {part}.region"
    if code == "Forbidden" or (status and status[1] == "403"):
        return ChildMisconfigured(f"Azure refuses the key, or its quota is used up{shown}", fix)
    if code == "AuthenticationFailure":
        return ChildMisconfigured(f"Azure refuses the key{shown}", fix)
    if code == "TooManyRequests" or "quota" in said.lower():
        return ChildUnavailable(f"Azure asks to slow down{shown}", 10.0)
    if code == "BadRequest":
        if "voice" in said.lower():
            return ChildMisconfigured("Azure does not have this voice", f"choose another voice for {part}")
        return ChildUnavailable(REFUSED)
    if code == "ServiceTimeout":
        return ChildUnavailable("Azure does not answer")
    if code in ("ServiceUnavailable", "ServiceError"):
        return ChildUnavailable(f"Azure is out of order{shown}", 30.0)
    if code == "ConnectionFailure":
        return ChildUnavailable(f"Azure cannot be reached, or the connection breaks{shown}")
    return ChildUnavailable(f"Azure's SDK fails ({code})")


def aside(work: Callable[[], None], name: str) -> None:
    """On a thread that nobody waits for."""
    threading.Thread(target=work, name=name, daemon=True).start()


def run(handlers: Sequence[str], open_: Callable[[Any], Any]) -> None:
    """Serves until stdin ends; `open_` makes of the SDK what has the handlers as methods."""
    opened: list[Any] = []

    def ready(_reply: Reply) -> str:
        sdk: Any = importlib.import_module(SDK)
        opened.append(open_(sdk))
        return str(sdk.__version__)

    def handler(name: str) -> Handler:
        def handle(data: Any, pcm: bytes, reply: Reply) -> Any:
            return getattr(opened[0], name)(data, pcm, reply)

        return handle

    serve({name: handler(name) for name in handlers}, ready=ready)

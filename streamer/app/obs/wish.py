"""What a show needs of OBS, from its files."""

import ipaddress
import socket
from urllib.parse import urlsplit

from msgspec.structs import replace

from streamer.adapters.obs.setup.inventory import Inventory
from streamer.adapters.obs.setup.plan import Person, Wish
from streamer.app.plan import Plan
from streamer.app.staging.maps import scene_places
from streamer.web.obs import Layout

_CJK = ("ja", "zh", "ko")


def wish_for(plan: Plan, base: str, token: str, layout: Layout = "stage") -> Wish:
    """`base` is the beginning of overlay links, `token` the one of the show's own links."""
    scenes, obs = plan.scenes, plan.settings.obs
    home = scenes.scene(scenes.home) if scenes.home else ""
    named = scene_places(scenes, plan.rundown, plan.settings.alerts)
    return Wish(
        base=base,
        token=token,
        people=tuple(Person(each.id, each.name, each.language) for each in plan.cast),
        layout=layout,
        home=home,
        scenes=tuple(name for name in named if name != home),
        speakers={who: scenes.scene(key) for who, key in scenes.speakers.items()},
        texts=tuple(rule.input for rule in scenes.texts),
        captions=obs.captions.text if obs is not None else "",
        language=_language(plan),
    )


def with_first_map(wish: Wish, there: Inventory) -> Wish:
    """The same with the scene map that `first_map` writes: every scene there is, the one on air as home."""
    named = [name for name in (*there.scene_names, *wish.scenes) if name != there.program]
    return replace(wish, home=there.program, scenes=tuple(dict.fromkeys(named)))


def _language(plan: Plan) -> str:
    """The language whose letters a font needs most: fonts with Chinese, Japanese or Korean letters have Latin ones."""
    languages = [each.language.split("-", 1)[0].lower() for each in plan.cast]
    return next((each for each in languages if each in _CJK), languages[0] if languages else "en")


def base_for(base: str, obs_url: str, port: int) -> str:
    """The beginning of overlay links as OBS has to write it: where OBS runs on another machine, by this machine's
    address in the network between the two. Looks a name up, which may take long: to be called in a thread."""
    host = urlsplit(obs_url).hostname or "localhost"
    own = urlsplit(base).hostname or ""
    if is_here(host) or not is_here(own):
        return base
    address = _address_towards(host)
    return f"http://{address}:{port}" if address else base


def is_here(host: str) -> bool:
    """Whether a host name means this machine by itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _address_towards(host: str) -> str:
    """This machine's address on the way to another. Nothing is sent: a UDP socket only looks the way up."""
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, 9, socket.AF_INET, socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, proto) as sock:
            sock.connect(where)
            return str(sock.getsockname()[0])
    except OSError:
        return ""

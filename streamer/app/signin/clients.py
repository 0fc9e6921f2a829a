"""With which client the program signs in, by the settings in force."""

from typing import Any

import msgspec

from streamer.adapters.auth import google, twitch
from streamer.adapters.auth.common import SignInServer
from streamer.app.settings import Settings
from streamer.app.setup.secrets import Keys, name_for
from streamer.ports import Service

GOOGLE_KEY = "SHOWRUNNER_CHAT__YOUTUBE__CLIENT_SECRET"
"""The variable, and the name of the key in the keyring, of Google's client secret."""


class Client(msgspec.Struct, frozen=True):
    """`client_id` empty: nobody can sign in there. `secret` is Google's only, empty where it is not known."""

    service: Service
    client_id: str
    auth_url: str
    api_url: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        return f"Client({self.service}, ...)"

    @property
    def ready(self) -> bool:
        return bool(self.client_id) and (self.service == "twitch" or bool(self.secret))

    @property
    def secret_name(self) -> str:
        """The client secret's name in the keyring: it belongs to a client at an address."""
        return f"{name_for(GOOGLE_KEY, self.auth_url)}#{self.client_id}"


def client_of(settings: Settings, service: Service) -> Client:
    """Without the secret of the keyring, which may take its time."""
    part: Any = getattr(settings.chat, service, None)
    client_id = str(getattr(part, "client_id", "") or "").strip()
    auth_url = str(getattr(part, "auth_url", "") or "")
    if service == "twitch":
        return Client(service, client_id, auth_url or twitch.URL)
    given = getattr(part, "client_secret", None)
    secret = given.get_secret_value() if given is not None else ""
    api_url = str(getattr(part, "api_url", "") or google.API_URL)
    return Client(service, client_id, auth_url or google.URL, api_url, secret)


def with_secret(client: Client, keys: Keys) -> Client:
    """With what the keyring has, where the settings have none. Blocking."""
    if client.service == "twitch" or client.secret or not client.client_id:
        return client
    return msgspec.structs.replace(client, secret=keys.get(client.secret_name))


def open_server(client: Client) -> SignInServer | None:
    """None while there is no client."""
    if not client.ready:
        return None
    if client.service == "twitch":
        return twitch.TwitchSignIn(client.client_id, client.auth_url)
    return google.GoogleSignIn(client.client_id, client.secret, client.auth_url, api_url=client.api_url)


def alerts_of(settings: Settings) -> tuple[str, ...]:
    """What of Twitch is switched on beside chat."""
    return tuple(getattr(settings.chat.twitch, "alerts", None) or ())

"""Signing in to Twitch as a public client: device code flow, refresh, validate, revoke.

Source: dev.twitch.tv/docs/authentication (Getting OAuth Access Tokens: device code grant flow; Refreshing; Validating;
Revoking). A public client has no secret; its refresh tokens are good once and die after 30 days without use.
Errors are JSON `{status, message}`.
"""

from collections.abc import Mapping
from typing import Any

from streamer.adapters.auth.common import (
    GRANT_DEVICE,
    LIMIT_S,
    Caller,
    Ended,
    Gone,
    Identity,
    Pending,
    Tokens,
    Waiting,
    number_of,
    pending_of,
    scopes_of,
    text_of,
    tokens_of,
    unfinished,
)
from streamer.ports import Misconfigured, Service, Unavailable

URL = "https://id.twitch.tv/oauth2"
NAME = "Twitch"


class TwitchSignIn:
    """`SignInServer` of Twitch."""

    service: Service = "twitch"
    spends_refresh = True

    def __init__(self, client_id: str, url: str = URL, *, limit_s: float = LIMIT_S) -> None:
        self.client_id = client_id
        self._url = url.rstrip("/")
        self._caller = Caller(NAME, limit_s)

    async def aclose(self) -> None:
        await self._caller.aclose()

    async def begin(self, scopes: tuple[str, ...]) -> Pending:
        status, body = await self._post("/device", {"scopes": " ".join(scopes)})
        if status >= 400:
            raise _refusal(status, body)
        return pending_of(NAME, body, scopes)

    async def poll(self, pending: Pending) -> Tokens | Waiting | Ended:
        form = {"scopes": " ".join(pending.scopes), "device_code": pending.device_code, "grant_type": GRANT_DEVICE}
        status, body = await self._post("/token", form)
        if status < 400:
            return tokens_of(NAME, body, pending.scopes)
        told = unfinished(_message(body), "invalid device code", "expired device code")
        if told is None:
            raise _refusal(status, body)
        return told

    async def refresh(self, refresh: str, scopes: tuple[str, ...]) -> Tokens | Gone:
        status, body = await self._post("/token", {"grant_type": "refresh_token", "refresh_token": refresh})
        if status < 400:
            return tokens_of(NAME, body, scopes)
        # 401: disconnected, or another password; one that is no JSON is somebody's between us
        if (status == 401 and body) or "invalid refresh token" in _message(body):
            return Gone()
        raise _refusal(status, body)

    async def validate(self, access: str) -> Identity | Gone:
        status, body = await self._caller.call(
            "GET", f"{self._url}/validate", headers={"Authorization": f"OAuth {access}"}
        )
        if status == 401 and body:
            return Gone()
        if status >= 400:
            raise _refusal(status, body)
        return Identity(
            text_of(body.get("login")),
            text_of(body.get("user_id")),
            scopes_of(body.get("scopes")),
            number_of(body.get("expires_in")),
            text_of(body.get("client_id")),
        )

    async def who(self, access: str) -> Identity | Gone:
        return await self.validate(access)

    async def revoke(self, token: str) -> None:
        status, body = await self._post("/revoke", {"token": token})
        if status >= 400 and _message(body) != "invalid token":
            raise _refusal(status, body)

    async def _post(self, path: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        return await self._caller.call("POST", self._url + path, {"client_id": self.client_id, **form})


def _message(body: Mapping[str, Any]) -> str:
    return text_of(body.get("message")).lower()


def _refusal(status: int, body: Mapping[str, Any]) -> Misconfigured | Unavailable:
    """What is wrong with the client, or that it is not known."""
    message = _message(body)
    if "client secret" in message:
        return Misconfigured(
            "this client id belongs to a confidential client of Twitch",
            fix="make one with the client type Public at dev.twitch.tv/console/apps",
        )
    if "client" in message:
        return Misconfigured(
            "Twitch does not know this client id", fix="copy it once more from dev.twitch.tv/console/apps"
        )
    if "scope" in message:
        return Misconfigured("Twitch does not know a scope that was asked for", fix="update the program")
    return Unavailable(f"Twitch's sign-in answers {status}")

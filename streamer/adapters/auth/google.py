"""Signing in to YouTube: Google's flow for TVs and limited-input devices, refresh, token info, revoke.

Source: developers.google.com/identity/protocols/oauth2/limited-input-device. The client is of the type "TVs and
Limited Input devices" and has an id and a secret, which Google does not treat as one. Refresh tokens are used again
and again; they end after six months without use, when the person takes the access back, and after seven days while
the client's consent screen is in the state "testing". Errors are JSON `{error, error_description}`.
"""

from collections.abc import Mapping
from typing import Any, cast

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

URL = "https://oauth2.googleapis.com"
API_URL = "https://www.googleapis.com/youtube/v3"
SCOPE = "https://www.googleapis.com/auth/youtube"
"""The only scope of YouTube that may write and that this flow allows."""
NAME = "Google"


class GoogleSignIn:
    """`SignInServer` of YouTube accounts. `api_url` is asked once for the channel's name."""

    service: Service = "youtube"
    spends_refresh = False

    def __init__(
        self, client_id: str, client_secret: str, url: str = URL, *, api_url: str = API_URL, limit_s: float = LIMIT_S
    ) -> None:
        self.client_id = client_id
        self._secret = client_secret
        self._url = url.rstrip("/")
        self._api_url = api_url.rstrip("/")
        self._caller = Caller(NAME, limit_s)

    async def aclose(self) -> None:
        await self._caller.aclose()

    async def begin(self, scopes: tuple[str, ...]) -> Pending:
        status, body = await self._post("/device/code", {"client_id": self.client_id, "scope": " ".join(scopes)})
        if status >= 400:
            raise _refusal(status, body)
        return pending_of(NAME, body, scopes)

    async def poll(self, pending: Pending) -> Tokens | Waiting | Ended:
        form = {"device_code": pending.device_code, "grant_type": GRANT_DEVICE}
        status, body = await self._token(form)
        if status < 400:
            return tokens_of(NAME, body, pending.scopes)
        told = unfinished(_error(body), "invalid_grant")
        if told is None:
            raise _refusal(status, body)
        return told

    async def refresh(self, refresh: str, scopes: tuple[str, ...]) -> Tokens | Gone:
        status, body = await self._token({"grant_type": "refresh_token", "refresh_token": refresh})
        if status < 400:
            return tokens_of(NAME, body, scopes)
        if _error(body) == "invalid_grant":
            return Gone()
        raise _refusal(status, body)

    async def validate(self, access: str) -> Identity | Gone:
        status, body = await self._post("/tokeninfo", {"access_token": access})
        if status in (400, 401) and body:  # an empty one is not Google's
            return Gone()
        if status >= 400:
            raise _refusal(status, body)
        scopes, left = scopes_of(body.get("scope")), number_of(body.get("expires_in"))
        return Identity("", "", scopes, left, text_of(body.get("aud")))

    async def who(self, access: str) -> Identity | Gone:
        found = await self.validate(access)
        if isinstance(found, Gone):
            return found
        status, body = await self._caller.call(
            "GET", f"{self._api_url}/channels?part=snippet&mine=true", headers={"Authorization": f"Bearer {access}"}
        )
        items = body.get("items") if status < 400 else None
        first = cast("list[object]", items)[0] if isinstance(items, list) and items else None
        channel = cast("dict[str, Any]", first) if isinstance(first, dict) else {}
        snippet = channel.get("snippet")
        title = text_of(cast("dict[str, Any]", snippet).get("title")) if isinstance(snippet, dict) else ""
        return Identity(title, text_of(channel.get("id")), found.scopes, found.expires_in_s, found.client_id)

    async def revoke(self, token: str) -> None:
        status, body = await self._post("/revoke", {"token": token})
        if status >= 400 and _error(body) not in ("invalid_token", "invalid_request"):
            raise _refusal(status, body)

    async def _token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        return await self._post("/token", {"client_id": self.client_id, "client_secret": self._secret, **form})

    async def _post(self, path: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        return await self._caller.call("POST", self._url + path, form)


def _error(body: Mapping[str, Any]) -> str:
    return text_of(body.get("error")) or text_of(body.get("error_code"))


def _refusal(status: int, body: Mapping[str, Any]) -> Misconfigured | Unavailable:
    match _error(body):
        case "invalid_client" | "unauthorized_client" | "deleted_client":
            return Misconfigured(
                "Google does not accept this client id with this secret",
                fix="copy both once more from console.cloud.google.com; the type must be TVs and Limited Input devices",
            )
        case "invalid_scope" | "admin_policy_enforced" | "org_internal" | "access_denied":
            return Misconfigured(
                "Google does not let this client ask for YouTube", fix="add the account as a test user of the client"
            )
        case _:
            return Unavailable(f"Google's sign-in answers {status}")

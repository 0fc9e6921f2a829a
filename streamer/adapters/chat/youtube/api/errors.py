"""What Google's errors mean for us: one word each, a sentence for people, and what to do.

Sources: developers.google.com/youtube/v3/live/docs/errors (reasons), cloud.google.com/apis/design/errors (`status`,
`details[].reason` of google.rpc.ErrorInfo). The words of an error are Google's and are not passed on.
"""

from typing import Any, Final, Literal

import msgspec

Trouble = Literal[
    "quota", "rate", "key", "key_limits", "not_enabled", "sign_in", "scope", "no_chat", "ended", "not_found",
    "forbidden", "token", "refused", "unreachable", "other",
]  # fmt: skip
"""`token`: the page token is not valid any more. `refused`: this method is not there. `other`: see the code."""


class ApiError(Exception):
    """A call that failed. `reason` is Google's own word, `code` the HTTP status (0: no answer)."""

    def __init__(self, trouble: Trouble, reason: str = "", code: int = 0, *, sent: bool = True) -> None:
        super().__init__(f"{trouble} ({code} {reason})".strip())
        self.trouble: Trouble = trouble
        self.reason = reason
        self.code = code
        self.sent = sent
        """Whether the request may have reached the server."""


class Words(msgspec.Struct, frozen=True):
    code: str
    fix: str = ""


WORDS: Final[dict[Trouble, Words]] = {
    "quota": Words("chat.ytapi_quota", "fix.ytapi_quota"),
    "rate": Words("chat.ytapi_rate"),
    "key": Words("chat.ytapi_key", "fix.ytapi_key"),
    "key_limits": Words("chat.ytapi_key_limits", "fix.ytapi_key_limits"),
    "not_enabled": Words("chat.ytapi_not_enabled", "fix.ytapi_not_enabled"),
    "sign_in": Words("chat.ytapi_sign_in", "fix.ytapi_sign_in"),
    "scope": Words("chat.ytapi_scope", "fix.ytapi_sign_in"),
    "no_chat": Words("chat.ytapi_no_chat", "fix.ytapi_no_chat"),
    "ended": Words("chat.ytapi_ended"),
    "not_found": Words("chat.ytapi_not_found", "fix.ytapi_not_found"),
    "forbidden": Words("chat.ytapi_forbidden", "fix.ytapi_forbidden"),
    "token": Words("chat.reconnecting"),
    "refused": Words("chat.unreachable", "fix.ytapi_url"),
    "unreachable": Words("chat.unreachable", "fix.check_network"),
    "other": Words("chat.ytapi_other"),
}
"""`refused` has an answer of its own (asking instead of streaming) and is shown only when that is refused too."""

_REASONS: Final[dict[str, Trouble]] = {
    "quotaExceeded": "quota",
    "dailyLimitExceeded": "quota",
    "dailyLimitExceededUnreg": "key",
    "rateLimitExceeded": "rate",
    "userRateLimitExceeded": "rate",
    "servingLimitExceeded": "rate",
    "RATE_LIMIT_EXCEEDED": "rate",
    "RESOURCE_EXHAUSTED": "rate",
    "keyInvalid": "key",
    "keyExpired": "key",
    "API_KEY_INVALID": "key",
    "ipRefererBlocked": "key_limits",
    "API_KEY_SERVICE_BLOCKED": "key_limits",
    "API_KEY_HTTP_REFERRER_BLOCKED": "key_limits",
    "API_KEY_IP_ADDRESS_BLOCKED": "key_limits",
    "API_KEY_ANDROID_APP_BLOCKED": "key_limits",
    "API_KEY_IOS_APP_BLOCKED": "key_limits",
    "accessNotConfigured": "not_enabled",
    "SERVICE_DISABLED": "not_enabled",
    "authError": "sign_in",
    "required": "sign_in",
    "UNAUTHENTICATED": "sign_in",
    "ACCESS_TOKEN_EXPIRED": "sign_in",
    "youtubeSignupRequired": "sign_in",
    "insufficientPermissions": "scope",
    "insufficientLivePermissions": "scope",
    "liveStreamingNotEnabled": "scope",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "scope",
    "liveChatDisabled": "no_chat",
    "liveChatEnded": "ended",
    "liveChatNotFound": "not_found",
    "videoNotFound": "not_found",
    "forbidden": "forbidden",
    "invalidPageToken": "token",
    "pageTokenInvalid": "token",
    "liveChatPageTokenInvalid": "token",
}
_STATUSES: Final[dict[int, Trouble]] = {401: "sign_in", 404: "refused", 405: "refused", 429: "rate", 501: "refused"}


def api_error(code: int, body: Any) -> ApiError:
    """The error behind an HTTP status and the JSON that came with it (None when it was none).

    The most exact word wins: `details[].reason`, then `errors[].reason`, then `status`, then the number itself.
    """
    error = _dict(_dict(body).get("error"))
    told = error.get("code")
    code = told if isinstance(told, int) and not code else code
    reasons = _reasons(error)
    for reason in reasons:
        if (trouble := _REASONS.get(reason)) is not None:
            if trouble == "rate" and _is_daily(error):
                trouble = "quota"
            return ApiError(trouble, reason, code)
    trouble = _STATUSES.get(code, "unreachable" if code >= 500 else "forbidden" if code == 403 else "other")
    return ApiError(trouble, reasons[0] if reasons else "", code)


def _reasons(error: dict[str, Any]) -> list[str]:
    details = [_dict(each).get("reason") for each in _list(error.get("details"))]
    classic = [_dict(each).get("reason") for each in _list(error.get("errors"))]
    found = [*details, *classic, error.get("status")]
    return [reason for reason in found if isinstance(reason, str) and reason.isidentifier() and len(reason) <= 60]


def _is_daily(error: dict[str, Any]) -> bool:
    """Google's newer form of `quotaExceeded`: a rate limit whose name says that it counts by the day."""
    metadata = [_dict(_dict(each).get("metadata")) for each in _list(error.get("details"))]
    return any("PerDay" in str(each.get("quota_limit", "")) for each in metadata)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

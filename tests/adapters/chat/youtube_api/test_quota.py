"""The day's quota, and what Google's errors mean."""

import datetime as dt
from typing import Any

import pytest

from streamer.adapters.chat.youtube.api.errors import WORDS, api_error
from streamer.adapters.chat.youtube.api.quota import Quota
from streamer.texts import texts

EVENING = dt.datetime(2026, 11, 21, 22, 0, tzinfo=dt.UTC)
"""14:00 in California."""


class Wall:
    def __init__(self) -> None:
        self.now = EVENING.timestamp()

    def __call__(self) -> float:
        return self.now


def test_units_are_counted_and_the_day_turns_at_midnight_in_california() -> None:
    wall = Wall()
    quota = Quota(wall)
    for call in ("videos", "stream", "list", "insert", "delete", "ban"):
        quota.spend(call)
    assert quota.used == 1 + 5 + 5 + 150
    quota.refused()
    assert quota.empty
    assert quota.turns_in_s() == 10 * 3600
    wall.now += 10 * 3600 - 1
    assert quota.empty
    wall.now += 2
    assert (quota.used, quota.empty) == (0, False)


def test_in_summer_the_day_turns_an_hour_earlier() -> None:
    wall = Wall()
    wall.now = dt.datetime(2026, 7, 1, 6, 0, tzinfo=dt.UTC).timestamp()
    assert Quota(wall).turns_in_s() == 3600


def test_writing_may_use_its_part_only() -> None:
    quota = Quota(Wall(), writing=120)
    assert quota.may_write
    quota.spend("insert")
    assert quota.may_write
    quota.spend("ban")
    assert not quota.may_write
    quota = Quota(Wall())
    quota.refused()
    assert not quota.may_write


def body(reason: str = "", detail: str = "", status: str = "", limit: str = "") -> dict[str, Any]:
    error: dict[str, Any] = {"code": 403, "message": "a secret"}
    if reason:
        error["errors"] = [{"reason": reason, "domain": "x"}]
    if detail:
        error["details"] = [{"@type": "x"}, {"reason": detail, "metadata": {"quota_limit": limit}}]
    if status:
        error["status"] = status
    return {"error": error}


@pytest.mark.parametrize(
    ("code", "answer", "trouble"),
    [
        (403, body("quotaExceeded"), "quota"),
        (429, body("rateLimitExceeded", "RATE_LIMIT_EXCEEDED", limit="DefaultPerDayPerProject"), "quota"),
        (429, body("rateLimitExceeded", "RATE_LIMIT_EXCEEDED", limit="DefaultPerMinutePerProject"), "rate"),
        (403, body("rateLimitExceeded"), "rate"),
        (429, None, "rate"),
        (200, body(status="RESOURCE_EXHAUSTED"), "rate"),
        (403, body("liveChatEnded"), "ended"),
        (403, body("liveChatDisabled"), "no_chat"),
        (404, body("liveChatNotFound"), "not_found"),
        (403, body("forbidden"), "forbidden"),
        (403, body("somethingNew"), "forbidden"),
        (400, body("badRequest", "API_KEY_INVALID"), "key"),
        (400, body("keyInvalid"), "key"),
        (403, body("forbidden", "API_KEY_SERVICE_BLOCKED"), "key_limits"),
        (403, body("forbidden", "API_KEY_IP_ADDRESS_BLOCKED"), "key_limits"),
        (403, body("accessNotConfigured", "SERVICE_DISABLED"), "not_enabled"),
        (401, body("authError", status="UNAUTHENTICATED"), "sign_in"),
        (403, body("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "scope"),
        (400, body("pageTokenInvalid"), "token"),
        (404, None, "refused"),
        (501, "<html>", "refused"),
        (503, ["?"], "unreachable"),
        (418, {"error": 7}, "other"),
        (400, {"error": {"errors": "x", "details": 5, "status": 3}}, "other"),
    ],
)
def test_what_an_error_means(code: int, answer: Any, trouble: str) -> None:
    wrong = api_error(code, answer)
    assert wrong.trouble == trouble
    assert "secret" not in str(wrong)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_trouble_has_words(language: str) -> None:
    table = texts(language)
    assert [each for each in WORDS.values() if each.code not in table or (each.fix and each.fix not in table)] == []

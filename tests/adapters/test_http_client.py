"""What HTTP vendors have in common."""

import datetime as dt
import email.utils

import pytest

from streamer.adapters import http_client
from streamer.ports import Misconfigured, Unavailable


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:5000/v1", True),
        ("http://api.localhost/", True),
        ("http://127.0.0.1/", True),
        ("http://[::1]:80/", True),
        ("http://192.168.1.20:8000/", True),
        ("https://api.openai.com/v1", False),
        ("https://localhost.example.com/", False),
        ("http://8.8.8.8/", False),
        ("", False),
    ],
)
def test_what_never_goes_through_a_proxy(url: str, *, local: bool) -> None:
    assert http_client.is_local(url) is local


@pytest.mark.parametrize(
    ("said", "seconds"), [("7", 7.0), ("-3", 0.0), ("999999", 3600.0), ("", 2.5), ("soon", 2.5), ("  4.5 ", 4.5)]
)
def test_how_long_to_stay_away(said: str, seconds: float) -> None:
    assert http_client.retry_after_s({"Retry-After": said} if said else {}, 2.5) == seconds


def test_a_date_to_come_back_at() -> None:
    now = dt.datetime.now(dt.UTC)
    later = email.utils.format_datetime(now + dt.timedelta(seconds=90), usegmt=True)
    gone = email.utils.format_datetime(now - dt.timedelta(days=1), usegmt=True)
    assert 30 < (http_client.retry_after_s({"Retry-After": later}) or 0) <= 90
    assert http_client.retry_after_s({"Retry-After": gone}) == 0


@pytest.mark.parametrize(
    ("status", "kind", "fix"),
    [
        (401, Misconfigured, "new key"),
        (403, Misconfigured, "new key"),
        (404, Misconfigured, "new address"),
        (405, Misconfigured, "new address"),
        (429, Unavailable, ""),
        (302, Unavailable, ""),
        (503, Unavailable, ""),
    ],
)
def test_what_a_refusal_means(status: int, kind: type[Misconfigured | Unavailable], fix: str) -> None:
    with pytest.raises(kind, match=f"the server .*{status}") as told:
        http_client.refuse(status, {}, "the server", fix_key="new key", fix_url="new address")
    assert getattr(told.value, "fix", "") == fix


def test_success_is_no_refusal() -> None:
    for status in (200, 201, 204):
        http_client.refuse(status, {}, "the server", fix_key="", fix_url="")


async def test_one_session_until_it_is_closed() -> None:
    sessions = http_client.Sessions("the voice", proxies=False)
    first = sessions.get()
    assert sessions.get() is first
    await sessions.aclose()
    assert first.closed
    with pytest.raises(Unavailable, match="the voice is closed"):
        sessions.get()

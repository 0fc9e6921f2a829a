"""What can go wrong between us and OBS."""

from typing import Literal


class ObsGone(Exception):
    """OBS is not connected, was lost, or did not answer in time. Whether the request took effect is not known."""


class ObsRefused(Exception):
    """OBS answered with an error: `code` is obs-websocket's RequestStatus (600 unknown name, 601 taken name, ...)."""

    def __init__(self, request: str, code: int, comment: str = "") -> None:
        super().__init__(f"{request}: {code}{f' ({comment})' if comment else ''}")
        self.request, self.code, self.comment = request, code, comment


FaultCode = Literal[
    "no_answer", "silent", "closed", "broken",
    "password", "password_missing", "kicked", "not_obs", "address", "newer", "too_old",
]  # fmt: skip

AFTER_A_WHILE: frozenset[FaultCode] = frozenset({"not_obs", "newer", "too_old"})
"""Somebody may put another program there: tried again, seldom."""
BY_HAND: frozenset[FaultCode] = frozenset({"password", "password_missing", "kicked", "address"})
"""Only the streamer can change it. obs-websocket's protocol forbids coming back by oneself after a kick (4011)."""


class LinkFault(Exception):
    """Why a connection could not be made or has ended. `str()` is a sentence that names the cure; no secrets."""

    def __init__(self, code: FaultCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code: FaultCode = code

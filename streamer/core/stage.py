"""What the audience should see: a view of the show. Drivers compare it with what is and send the difference."""

import msgspec

from streamer.core.show import Mode, Show


class Stage(msgspec.Struct, frozen=True):
    """The desired state of everything visible."""

    mode: Mode
    speaker: str
    """The persona that has the floor; empty for none."""
    line: int
    answering: str
    """uid of the message being answered; empty for none."""
    listening_to: dict[str, str]
    """Where each persona looks: another persona's id, `host`, `viewer` (the camera) or `chat`."""
    scene: str
    """Of the scene map; empty: no scene is wanted, whatever is on is left alone."""
    why: str = ""
    """Why this scene: see `scenes.Why`."""
    hand: bool = False
    """The streamer has taken the scene by hand: it is his until `AutoPressed`."""
    sounding: bool = False
    """The line of `speaker` is being heard; not while it is hushed because of the host."""
    host: bool = False
    """The host speaks, or has the floor by the quiet switch."""


def stage(show: Show) -> Stage:
    air = show.air if show.air is not None and show.air.state in ("on_air", "hushed") else None
    speaker = air.persona if air is not None else ""
    looks = {member.id: _looks_at(show, member.id, speaker) for member in show.cast if member.enabled}
    return Stage(
        mode=show.mode,
        speaker=speaker,
        line=air.id if air is not None else 0,
        answering=air.request.uid if air is not None and air.from_viewers else "",
        listening_to=looks,
        scene=show.scene,
        why=show.scene_why,
        hand=show.scene_hand,
        sounding=air is not None and air.started_ms >= 0 and air.state == "on_air",
        host=show.host.speaking,
    )


def _looks_at(show: Show, persona: str, speaker: str) -> str:
    if show.host.speaking:
        return "host"
    if not speaker:
        return "chat"
    if persona != speaker:
        return speaker
    partner = show.air.request.partner if show.air is not None else ""
    return partner or "viewer"

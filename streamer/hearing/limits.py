"""How long an ear waits, how loud is loud: the numbers of hearing in one place."""

import msgspec


class EarLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds are of the sound, not of a clock, unless it says otherwise."""

    suspect: float = 0.3
    """Score of a window (0..1) with which a voice may begin: consonants before it look like that."""
    threshold: float = 0.5
    """Score from which a window is voice."""
    leave: float = 0.35
    """Below that a voice that was there is gone."""
    confirm_ms: int = 160
    """So much of a voice is somebody who speaks."""
    share: float = 0.7
    """Of those windows are voice, and so high is their score on average."""
    sure_ms: int = 128
    sure: float = 0.88
    """So much less of it where the score is that high on average."""
    doubt_ms: int = 640
    """A suspicion that is not confirmed by then was none."""
    candidate_ms: int = 250
    """Silence after which the voice has ended; the turn may be over."""
    commit_ms: int = 300
    """Silence after which a complete sentence is a turn."""
    unknown_ms: int = 700
    """The same where the words do not tell."""
    hanging_ms: int = 1800
    """The same after "and", a comma, "let me see"."""
    preroll_ms: int = 500
    """Sound before the voice was noticed that belongs to it."""
    least_ms: int = 150
    """Voice in an utterance that is shown to a recogniser."""
    held_ms: int = 250
    """A push-to-talk key held for less was hit by mistake."""
    longest_ms: int = 15_000
    """An utterance is cut there, at its quietest place after `split_ms`."""
    split_ms: int = 10_000
    gate_db: float = 8.0
    """A voice is so much louder than the noise of the room."""
    quietest_db: float = -55.0
    """And never quieter than this (of full scale)."""
    answer_ms: int = 20_000
    """By the clock: recognisers that need longer after the end hang, all of them together. Each has a limit of its own,
    so that the next can be asked before."""
    look_ms: int = 2_500
    """By the clock: the same for what it understood so far."""
    idle_ms: int = 300
    """By the clock: without sound for so long, it is as silent as it is."""
    lost_ms: int = 2_000
    """Of silence like that after which a held key counts as let go."""
    batch: int = 4
    """Windows that are looked at together while nothing can follow from one of them: it costs half. 1: never."""
    backlog_ms: int = 2_000
    """Sound that waits to be looked at; what is older is lost."""

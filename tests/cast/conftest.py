from functools import lru_cache
from pathlib import Path

import pytest

from streamer.app.characters import load_cast
from streamer.cast import Persona


@lru_cache
def shipped() -> tuple[Persona, ...]:
    return load_cast([Path(__file__).parents[2] / "characters"], ["mika", "juno"]).cast


@pytest.fixture
def cast() -> tuple[Persona, ...]:
    """Mika and Juno, as shipped."""
    return shipped()


@pytest.fixture
def mika(cast: tuple[Persona, ...]) -> Persona:
    return cast[0]


@pytest.fixture
def juno(cast: tuple[Persona, ...]) -> Persona:
    return cast[1]

"""What a verdict means for the show."""

import pytest

from streamer.core.policy import treatment
from streamer.core.verdict import Verdict


@pytest.mark.parametrize(
    ("action", "expected"), [("allow", "use"), ("replace", "use"), ("hold", "hold"), ("drop", "ignore")]
)
def test_each_action(action: str, expected: str) -> None:
    assert treatment(Verdict(action, "rule")) == expected  # type: ignore[arg-type]

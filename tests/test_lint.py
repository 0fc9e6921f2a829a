"""Every static check as a test, so that one command covers everything."""

import pytest

from streamer.boot import checks

CHECKS = checks.checks()


@pytest.mark.slow
@pytest.mark.timeout(240)  # pyright reads the whole tree, on two shared cores
@pytest.mark.parametrize("name", CHECKS)
def test_check(name: str) -> None:
    code, said = checks.run_check(CHECKS[name])
    assert code == 0, f"{name}:\n{said[-6000:]}"


def test_browser_scripts_are_among_the_checks() -> None:
    assert "browser scripts" in CHECKS or not checks.browser_scripts()

"""The list of known bots: what ingress can compare it with."""

from streamer.app.bots import KNOWN_BOTS


def test_logins_as_platforms_write_them_and_each_once() -> None:
    assert len(set(KNOWN_BOTS)) == len(KNOWN_BOTS)
    for login in KNOWN_BOTS:
        assert login == login.lower().strip()
        assert login.replace("_", "").isalnum()


def test_the_usual_ones_are_in_it() -> None:
    assert {"nightbot", "streamelements", "streamlabs", "moobot", "fossabot"} <= set(KNOWN_BOTS)

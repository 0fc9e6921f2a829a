"""What is spoken for what is written."""

import pytest

from streamer.speech.spoken import Reading, Speller


def said(text: str, says: dict[str, str] | None = None, language: str = "en", **more: object) -> str:
    reading = Reading(says or {}, **more)  # pyright: ignore[reportArgumentType]
    return Speller(reading, language).spoken(text).text


@pytest.mark.parametrize(
    ("text", "says", "expected"),
    [
        ("I like nginx.", {"nginx": "engine x"}, "I like engine x."),
        ("NGINX and Nginx!", {"nginx": "engine x"}, "engine x and engine x!"),
        ("US or us?", {"US": "you ess"}, "you ess or us?"),
        ("nginxes, my_nginx_box", {"nginx": "engine x"}, "nginxes, my_engine x_box"),
        ("C++ is not C", {"C++": "see plus plus", "C": "see"}, "see plus plus is not see"),
        ("New York Giants", {"york": "YORK", "new york": "N Y"}, "N Y Giants"),
        ("今日の配信", {"配信": "はいしん"}, "今日のはいしん"),
        ("東京都", {"東京": "とうきょう", "京都": "きょうと"}, "とうきょう都"),
        ("a", {"a": "b", "b": "c"}, "b"),
        ("Straße", {"straße": "street"}, "street"),
        ("x.y", {".": " dot "}, "x dot y"),
        ("nothing", {"": "x", " ": "y"}, "nothing"),
        ("tell {0} \\1", {"tell": "\\1 {0}"}, "\\1 {0} {0} \\1"),
    ],
)
def test_words(text: str, says: dict[str, str], expected: str) -> None:
    assert said(text, says) == expected


def test_pictures() -> None:
    assert said("Nice 🎉🎉!") == "Nice !"
    assert said("Nice🎉wow", emoji="named") == "Nice party popper wow"
    assert said("やった🎉", language="ja", emoji="named") == "やった"
    assert said("family 👨‍👩‍👧 and 👍🏽.") == "family  and ."
    assert said("5 € → 6 °C") == "5 € → 6 °C".replace("→", "→")


def test_emotes() -> None:
    assert said("That is PogChamp Kappa") == "That is Pog Champ Kappa"
    assert said("That is PogChamp Kappa", emotes="skipped") == "That is  "
    assert said("so :face-red-heart: at 10:30:45") == "so face red heart at 10:30:45"
    assert said("so :face-red-heart:", emotes="skipped") == "so "
    assert said("PogChamp", {"PogChamp": "pog"}) == "pog"


def test_places_lead_back_to_what_is_written() -> None:
    text = "Use nginx, 🎉 then PogChamp it."
    spoken = Speller(Reading({"nginx": "engine x"})).spoken(text)
    assert spoken.text == "Use engine x,  then Pog Champ it."

    def back(word: str) -> str:
        at = spoken.text.index(word)
        start, end = spoken.written(at, at + len(word))
        return text[start:end]

    assert back("Use") == "Use"
    assert back("engine") == "nginx"
    assert back("x,") == "nginx,"
    assert back("then") == "then"
    assert back("Pog") == "PogChamp"
    assert back("Champ") == "PogChamp"
    assert back("it.") == "it."
    whole = Speller(Reading()).spoken("as it is")
    assert whole.written(3, 5) == (3, 5)

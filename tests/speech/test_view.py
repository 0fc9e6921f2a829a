"""The values as they go out on the wire."""

import json

import msgspec

from streamer.speech.view import ClauseView, MouthView


def test_the_shape_of_the_overlay_protocol():
    view = ClauseView(
        at=0,
        end=1840,
        text="Order, order!",
        words=((0, 400, 0, 6), (460, 420, 7, 13)),
        mouth=MouthView(open=(0, 12, 55), shapes=((0, "sil"), (60, "oh"))),
        cues=((0, "joy", 0.8),),
    )
    assert json.loads(msgspec.json.encode(view)) == {
        "at": 0,
        "end": 1840,
        "text": "Order, order!",
        "words": [[0, 400, 0, 6], [460, 420, 7, 13]],
        "mouth": {"step": 20, "open": [0, 12, 55], "shapes": [[0, "sil"], [60, "oh"]]},
        "cues": [[0, "joy", 0.8]],
    }


def test_a_clause_nobody_voices_has_no_mouth():
    out = json.loads(msgspec.json.encode(ClauseView(at=0, end=900, text="Hi.", words=())))
    assert "mouth" not in out
    assert out["at"] == 0

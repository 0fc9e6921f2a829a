"""The small API layer: reading bodies and queries, routes from signatures."""

import msgspec
import pytest

from streamer.web.rest import Call, Problem, ProblemBody, decode, route, whole_numbers


class Thing(msgspec.Struct):
    count: int
    name: str = ""


def test_integral_floats_are_integers_and_others_are_not():
    assert decode(b'{"count": 10.0}', Thing) == Thing(10)
    assert decode(b'{"count": 1e3}', Thing) == Thing(1000)
    assert whole_numbers({"a": [1.0, 1.5, 1e300, True]}) == {"a": [1, 1.5, 1e300, True]}
    for bad in (b'{"count": 1.5}', b'{"count": "10"}', b"{}", b"[]"):
        with pytest.raises(Problem) as caught:
            decode(bad, Thing)
        assert caught.value.status == 422


def test_what_is_no_json_is_400():
    for bad in (b"", b"{", b"\xff\xfe", b'{"count": 1} x'):
        with pytest.raises(Problem) as caught:
            decode(bad, Thing)
        assert (caught.value.status, caught.value.code) == (400, "not_json")


def test_a_problem_points_at_the_place():
    with pytest.raises(Problem) as caught:
        decode(b'{"count": 1, "name": 5}', Thing)
    sent = caught.value.response().body
    assert isinstance(sent, bytes)
    body = msgspec.json.decode(sent, type=ProblemBody)
    assert body.path == "$.name"
    assert "Expected" in body.detail
    assert caught.value.response().content_type == "application/problem+json"


def test_a_route_is_read_from_its_handler():
    async def make(call: Call, thing: str, body: Thing) -> Thing:
        """Make a thing.

        More words.
        """
        return body

    spec = route("POST", "/things/{thing}", make, scope="say")
    assert (spec.summary, spec.body, spec.result, spec.query) == ("Make a thing.", Thing, Thing, None)
    assert spec.params == ["thing"]

from streamer.adapters.chat.common.unread import LENGTH, Unread


def test_what_could_not_be_read_is_counted_and_the_newest_are_kept() -> None:
    unread = Unread(kept=2)
    for number in range(5):
        unread.keep(f"frame {number}", "not JSON")
    assert unread.count == 5
    assert [each.raw for each in unread.last] == ["frame 3", "frame 4"]
    assert unread.last[0].why == "not JSON"


def test_anything_can_be_kept() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise ValueError("no")

    unread = Unread()
    for raw in (b"\xff\xfe" * LENGTH, {"a": [1, None]}, {1j: 2}, object(), Odd(), {"odd": Odd()}):
        unread.keep(raw, "odd" * 999)
    assert unread.count == 6
    assert all(len(each.raw) <= LENGTH and len(each.why) <= 200 for each in unread.last)
    assert unread.last[1].raw == '{"a":[1,null]}'

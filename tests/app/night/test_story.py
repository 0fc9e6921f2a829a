"""The whole report with a real client, against a local server that speaks the vendor's protocol."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from streamer.app.night import story
from streamer.app.night.exchanges import best
from streamer.app.night.story import Played, tell
from tests.app.kit import plan
from tests.fakes.openai import FakeOpenAi

KEYS = {
    "version", "source", "language", "cast", "best", "stopped", "stopped_total", "waits", "waits_total", "timeline",
    "bill", "notices",
}  # fmt: skip
PUBLISHED = {
    "messages", "answered", "blocked", "held", "expired", "bad_lines", "lines", "first_audio_ms", "overhead_ms",
    "policy_wait_ms", "dead_air_s", "interrupts", "spoken_after_delete", "voices_at_once_max", "llm_tokens", "cost",
    "per_persona", "per_viewer_gini", "journal",
}  # fmt: skip


def test_the_published_keys_stay_and_the_new_ones_come(played: Played, plain: dict[str, Any]) -> None:
    told = plain
    assert set(told) >= PUBLISHED | KEYS
    json.dumps(told, allow_nan=False)
    assert [each["id"] for each in told["cast"]] == ["juno", "mika"]
    assert told["source"]["rows"] == len(played.log.rows)
    assert [each["n"] for each in told["best"]] == list(range(1, len(told["best"]) + 1))
    for each in told["best"]:
        for line in each["lines"]:
            assert (line["audio"], line["by"]) == ("", "prepared")
            assert line["clauses"][-1]["end"] == line["ms"]
            assert line["clauses"][0]["words"]


@pytest.mark.parametrize("works", [True, False])
def test_a_configured_model_is_asked_for_the_best(played: Played, tmp_path, monkeypatch, works: bool) -> None:
    monkeypatch.setattr(story, "best", lambda result, notes: best(result, notes, 1))
    told: dict[str, Any] = {}

    async def run() -> None:
        async with FakeOpenAi() as server:
            server.tokens = ["[joy] ", "Straight from the model, ", "with love."]
            base = server.url if works else server.url + "/nowhere"
            show = plan(
                tmp_path,
                f"llm: {{profile: openai, base_url: '{base}', model: m, prompt_price: 1, completion_price: 2}}\n",
                seed=1,
            )
            made = msgspec.structs.replace(played, plan=show)
            told.update(await asyncio.to_thread(tell, made, voices=True))

    with ThreadPoolExecutor(1) as pool:  # a browser's own loop may be running in this thread
        pool.submit(asyncio.run, run()).result()
    by = {line["by"] for each in told["best"] for line in each["lines"]}
    assert by == ({"model"} if works else {"prepared"})
    assert all(line["audio"] for each in told["best"] for line in each["lines"])
    codes = [each["code"] for each in told["notices"]]
    assert ("rehearsal.model.away" in codes) is not works
    assert (told["bill"]["model"], told["bill"]["words"]["code"]) == ("openai:m", "rehearsal.bill.priced")
    assert told["bill"]["usd"] > 0
    assert (told["bill"]["spent"]["prompt_tokens"] > 0) is works

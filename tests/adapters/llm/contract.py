"""What every language model keeps. A test module subclasses `ModelContract` and gives it a `model`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from streamer.ports import Completion, LanguageModel, Message, Token, Usage

ASK = Completion(messages=(Message("system", "Be brief."), Message("user", "Hi?")), hints={"text": "Hi?"})


async def collect(pieces: AsyncIterator[Token | Usage]) -> tuple[str, list[Usage]]:
    """(all words, usages); words after a usage fail."""
    text, usages = "", list[Usage]()
    async for piece in pieces:
        if isinstance(piece, Token):
            assert not usages
            assert piece.text
            text += piece.text
        else:
            usages.append(piece)
    return text, usages


class ModelContract:
    """Subclasses give the fixture `model`, opened and closed by them."""

    async def test_words_then_one_usage(self, model: LanguageModel) -> None:
        text, usages = await collect(model.stream(ASK))
        assert text.strip()
        assert len(usages) == 1
        assert usages[0].provider
        assert usages[0].complete
        assert usages[0].completion_tokens > 0

    async def test_warm_and_again(self, model: LanguageModel) -> None:
        await model.warm()
        await model.warm()
        assert (await collect(model.stream(ASK)))[0]
        assert (await collect(model.stream(ASK)))[0]

    async def test_two_at_once(self, model: LanguageModel) -> None:
        one, two = await asyncio.gather(collect(model.stream(ASK)), collect(model.stream(ASK)))
        assert one[0] == two[0]

    @pytest.mark.parametrize("pieces", [0, 1, 2])
    async def test_leaving_early(self, model: LanguageModel, pieces: int) -> None:
        await collect(model.stream(ASK))
        before = asyncio.all_tasks()
        stream = model.stream(ASK)
        for _ in range(pieces):
            await anext(stream)
        await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
        await asyncio.sleep(0.05)
        own = {task for task in asyncio.all_tasks() - before if "aiohttp/web" not in repr(task)}
        assert own == set()
        assert (await collect(model.stream(ASK)))[0]

    async def test_being_cancelled(self, model: LanguageModel) -> None:
        await collect(model.stream(ASK))
        task = asyncio.create_task(collect(model.stream(ASK)))
        await asyncio.sleep(0.002)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert (await collect(model.stream(ASK)))[0]

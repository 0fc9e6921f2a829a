"""Where the model stands, when the connection or the show ends at an awkward moment."""

import asyncio
from pathlib import Path
from typing import Any

from streamer.adapters.avatar.vts.memory import Memory
from streamer.adapters.avatar.vts.pose import Pose
from streamer.adapters.avatar.vts.settings import Move


class Slow:
    """A client whose first move is done, and answered only when `answer` is set."""

    def __init__(self) -> None:
        self.x = 0.25
        self.answer = asyncio.Event()
        self.moved = asyncio.Event()

    async def request(self, message: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        kind, data = message
        if kind == "MoveModelRequest":
            self.x = data["positionX"]
            self.moved.set()
            await self.answer.wait()
        return {"modelPosition": {"positionX": self.x, "positionY": 0.0, "rotation": 0.0, "size": 0.0}}


async def test_a_move_whose_answer_was_not_waited_for_is_taken_back_at_the_end(tmp_path: Path) -> None:
    client: Any = Slow()
    pose = Pose(client, Memory(tmp_path / "left.json"), asyncio.get_running_loop().time, asyncio.sleep)
    await pose.begin("model", (0.25, 0.0, 0.0, 0.0))
    pose.want(Move(x=-0.1), None)
    running = asyncio.create_task(pose.run())
    await client.moved.wait()
    assert client.x == 0.15
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    client.answer.set()
    await pose.release()
    assert client.x == 0.25

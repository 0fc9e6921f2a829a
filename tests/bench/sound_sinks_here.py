"""A tone on a device from a process whose loop stands still again and again: what the show would be without a child."""

import sys
import threading
import time
from typing import Any

from streamer.adapters.audio.device.child import Speaker
from streamer.adapters.audio.device.portaudio import library, opened
from streamer.adapters.worker_child import Reply
from streamer.ports import RATE_HZ
from tests.adapters.audio.contract import tone
from tests.bench.sound_sinks import busy


def main(seconds: float, latency_ms: int, stall_s: float, every_s: float) -> None:
    sd: Any = library()
    reply = Reply(lambda _head, _pcm: None, 0)
    _, _, _, speaker = opened(
        sd, "output", "pulse", RATE_HZ, latency_ms, lambda rate, channels: Speaker(reply, rate, channels)
    )
    while not speaker.flows():
        time.sleep(0.02)
    threading.Thread(target=speaker.run, daemon=True).start()
    speaker.play(1, 0)
    speaker.push(1, tone(round(seconds * 1000), level=0.3))
    until = time.monotonic() + seconds + 0.5
    while time.monotonic() < until:
        busy(stall_s)
        time.sleep(every_s - stall_s)
    speaker.closing = True
    speaker.stream.abort()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))

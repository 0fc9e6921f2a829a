"""Children for `streamer.adapters.worker`, by the name in CHILD: `echo`, and those that fail at their start. Beside
them `dirty`, which does not know the protocol."""

import os
import sys
import threading
import time
from typing import Any

from streamer.adapters.worker_child import LATER, Answer, ChildMisconfigured, ChildUnavailable, Reply, serve


def echo(data: Any, pcm: bytes, _reply: Reply) -> Answer:
    return Answer(data, pcm[::-1])


def fail(data: Any, _pcm: bytes, _reply: Reply) -> None:
    if data == "misconfigured":
        raise ChildMisconfigured("the key is wrong", "write another")
    if data == "unavailable":
        raise ChildUnavailable("the server is down", 7.5)
    if data == "exit":
        sys.exit(3)
    if data == "missing":
        raise ModuleNotFoundError("No module named 'faster_whisper'", name="faster_whisper")
    raise ValueError("what the viewer said")


def later(data: Any, _pcm: bytes, reply: Reply) -> Answer:
    threading.Timer(data, reply.answer, [data]).start()
    return LATER


def die(data: Any, _pcm: bytes, _reply: Reply) -> None:
    os.write(2, b"out of memory\n")
    os._exit(data)


def garbage(_data: Any, _pcm: bytes, _reply: Reply) -> str:
    print("a library greets you")
    os.write(1, b"another, past Python\n")
    return "clean"


def environment(data: Any, _pcm: bytes, _reply: Reply) -> dict[str, str]:
    return {name: os.environ[name] for name in data if name in os.environ}


def tell(data: Any, pcm: bytes, reply: Reply) -> None:
    reply.event("told", data, pcm)


def hang(_data: Any, _pcm: bytes, _reply: Reply) -> None:
    while not stopped.wait(0.05):
        pass


def stop(_data: Any, _pcm: bytes, _reply: Reply) -> None:
    stopped.set()


stopped = threading.Event()


def ready(reply: Reply) -> dict[str, int]:
    kind = os.environ.get("CHILD", "echo")
    if kind == "misconfigured":
        raise ChildMisconfigured("no model in the folder", "fetch one")
    if kind == "crash":
        raise RuntimeError("secret words")
    if kind == "slow":
        time.sleep(60)
    reply.event("progress", 50)
    return {"pid": os.getpid()}


if __name__ == "__main__":
    if os.environ.get("CHILD") == "dirty":
        sys.stdout.write("Hello, I am no worker at all and I say so.\n")
        sys.stdout.flush()
        time.sleep(60)
    handlers = {"echo": echo, "fail": fail, "later": later, "die": die, "garbage": garbage, "tell": tell, "hang": hang}
    handlers |= {"environment": environment}
    serve({**handlers, "stop": stop}, ready=ready, urgent=("stop",))

"""The sink as the show uses it: what is heard is told to the views as well as to the line."""

from collections.abc import Callable

from streamer.ports import AudioSink, Heard


class WatchedSink:
    """`AudioSink` around a track: `watch` sees every report of the line that plays."""

    def __init__(self, track: AudioSink, watch: Callable[[Heard], None]) -> None:
        self._track = track
        self._watch = watch

    @property
    def name(self) -> str:
        return self._track.name

    @property
    def page(self) -> bool:
        return self._track.page

    def begin(self, line: int, persona: str, on_heard: Callable[[Heard], None], at_ms: int = 0) -> None:
        def told(heard: Heard) -> None:
            on_heard(heard)
            self._watch(heard)

        self._track.begin(line, persona, told, at_ms)

    async def write(self, frame: bytes) -> None:
        await self._track.write(frame)

    async def finish(self) -> Heard:
        return await self._track.finish()

    def stop(self, fade_ms: int = 15) -> Heard:
        return self._track.stop(fade_ms)

    def duck(self, on: bool) -> None:  # noqa: FBT001 - the port
        self._track.duck(on)

    def heard(self) -> Heard | None:
        return self._track.heard()

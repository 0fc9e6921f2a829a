"""`vts_60hz`, `vts_back_s`: the driver of VTube Studio under load, and how soon it is back. See `tests.bench.vts`."""

from tests.bench.report import Bench, Injected, spread
from tests.bench.vts import measure

SECONDS = 20.0
AWAY_S = (0.3, 0.7, 1.5, 2.5, 4.0)


async def stage_vts(bench: Bench, *, quick: bool) -> None:
    got = await measure(2.0 if quick else SECONDS, AWAY_S[:1] if quick else AWAY_S)
    crossed = got["crossed"] + got["strays"] + got["late"] + got["garbage"]
    rate, cpu = round(got["injected_per_s"], 2), round(got["cpu_pct"], 2)
    mouth, hotkey = spread(got["mouth_ms"]), spread(got["hotkey_ms"])
    note = f"{got['hotkeys']} hotkeys ({got['hotkeys_refused']} refused), {got['events']} events; "
    note += f"age of the mouth's value when it arrives: p50 {mouth.p50:.1f}, p95 {mouth.p95:.1f} ms; "
    note += f"hotkey answered after p50 {hotkey.p50:.1f}, p95 {hotkey.p95:.1f} ms"
    found = {"driver": Injected(crossed, rate, got["hotkeys"], got["events"], cpu)}
    bench.measured("vts_60hz", found, note)
    bench.measured("vts_back_s", spread(got["reconnect_s"]))

"""The report of `bench`: every figure that is promised, in the shape that is promised. Speed is never asserted."""

import json
from pathlib import Path

import pytest

from streamer.app.cli import main
from tests.bench.report import FIGURES, NUMBERS, SPREADS, Bench, quantile, spread, table


def test_a_quick_run_of_one_figure_gives_the_whole_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bench.json"
    assert main(["bench", "--quick", "--only", "step_per_s", "--json", str(file)]) == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    assert set(report) == {*SPREADS, *NUMBERS, "machine", "notes"}
    assert report["step_per_s"] > 0
    nulls = {name for name in FIGURES if report[name] is None}
    assert "overhead_ms" in nulls
    assert nulls <= set(report["notes"])
    assert set(report["machine"]) >= {"cpu", "cores", "python", "os", "load"}
    assert "step_per_s" in capsys.readouterr().out


def test_an_unknown_figure_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--only", "beauty"]) == 2
    assert "overhead_ms" in capsys.readouterr().err


def test_an_installed_package_says_that_it_needs_a_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("streamer.app.commands.bench.PACKAGE", tmp_path / "site-packages" / "streamer")
    assert main(["bench"]) == 2
    assert "checkout" in capsys.readouterr().err


def test_quantiles_are_values_that_were_measured() -> None:
    values = [float(each) for each in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0.99)) == (50, 95, 99)
    assert quantile([7.0], 0.99) == 7.0


def test_a_spread_and_a_number_are_written_and_what_failed_says_why() -> None:
    bench = Bench(FIGURES)
    bench.measured("overhead_ms", spread([3.0, 1.0, 2.0]))
    bench.measured("boot_s", 1.23456)
    bench.missed("stop_silent_ms", "needs Chromium")
    report = bench.to_json({})
    assert report["overhead_ms"] == {"p50": 2.0, "p95": 3.0, "p99": 3.0, "n": 3}
    assert report["boot_s"] == 1.235
    assert report["notes"]["stop_silent_ms"] == "needs Chromium"
    assert not bench.complete
    assert "null" in table(bench)

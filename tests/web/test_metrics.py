"""The Prometheus text format."""

import pytest

from streamer.web.metrics import Metrics


def test_all_kinds():
    metrics = Metrics()
    lines = metrics.counter("lines_total", "Lines spoken")
    lines.add(outcome="finished")
    lines.add(2, outcome='cut "now"\\\n')
    metrics.gauge("queue", "Waiting", lambda: 3)
    metrics.gauge("memory", "Bytes").set(1.5)
    took = metrics.histogram("took_ms", "Milliseconds", (1.0, 10.0))
    for value in (0.5, 1, 5, 100):
        took.observe(value)
    assert metrics.render().splitlines() == [
        "# HELP showrunner_lines_total Lines spoken",
        "# TYPE showrunner_lines_total counter",
        'showrunner_lines_total{outcome="cut \\"now\\"\\\\\\n"} 2',
        'showrunner_lines_total{outcome="finished"} 1',
        "# HELP showrunner_memory Bytes",
        "# TYPE showrunner_memory gauge",
        "showrunner_memory 1.5",
        "# HELP showrunner_queue Waiting",
        "# TYPE showrunner_queue gauge",
        "showrunner_queue 3",
        "# HELP showrunner_took_ms Milliseconds",
        "# TYPE showrunner_took_ms histogram",
        'showrunner_took_ms_bucket{le="1"} 2',
        'showrunner_took_ms_bucket{le="10"} 3',
        'showrunner_took_ms_bucket{le="+Inf"} 4',
        "showrunner_took_ms_sum 106.5",
        "showrunner_took_ms_count 4",
    ]


def test_a_counter_that_never_counted_is_zero_and_names_are_shared():
    metrics = Metrics()
    assert metrics.counter("x_total", "X") is metrics.counter("x_total", "X")
    assert "showrunner_x_total 0" in metrics.render()
    with pytest.raises(TypeError):
        metrics.gauge("x_total", "X")
    with pytest.raises(TypeError):
        metrics.histogram("x_total", "X")
    metrics.gauge("y", "Y")
    with pytest.raises(TypeError):
        metrics.counter("y", "Y")

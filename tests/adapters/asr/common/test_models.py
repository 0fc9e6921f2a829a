"""Where a model is looked for."""

from pathlib import Path

import pytest

from streamer.adapters.asr.common.models import locate
from streamer.ports import Misconfigured


@pytest.mark.parametrize("model", ["~nosuchuser/x", "~nosuchuser", "./nowhere", "/no\0thing"])
def test_a_folder_that_cannot_be_is_a_wrong_setting(model: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no folder") as caught:
        locate(model, tmp_path)
    assert "asr.whisper.model" in caught.value.fix


def test_a_home_that_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(self: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(Misconfigured, match="there is no folder"):
        locate("~/models/x", tmp_path)

"""The link against a real OBS."""

import pytest

from streamer.adapters.obs.link import ObsLink, ObsRefused


async def test_logs_in_and_asks(clean_obs: ObsLink) -> None:
    assert clean_obs.info.websocket.startswith("5.")
    assert "GetSceneList" in clean_obs.info.requests
    assert clean_obs.generation == 1
    with pytest.raises(ObsRefused) as refused:
        await clean_obs.request("SetCurrentProgramScene", {"sceneName": "no such scene"})
    assert refused.value.code == 600

"""The driver of OBS keeps to what every driver of the stage keeps to."""

import pytest

from tests.adapters.obs.driver_kit import ObsRig
from tests.adapters.stage.contract import StageContract


class TestObs(StageContract):
    @pytest.fixture
    async def rig(self, tmp_path):
        return ObsRig(tmp_path)

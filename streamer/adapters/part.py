"""`Part`: what every settings value of an exchangeable part has in common. The only base class of the adapters.

A part is one entry under a port's name in `streamer.yaml`: `kind` picks the class, the other keys are its fields, and
the value opens itself. Reading settings therefore imports no vendor; `open` and what it returns do.
"""

import abc
from typing import Any

from pydantic import BaseModel, ConfigDict


class Part(BaseModel, abc.ABC):
    """Unknown keys are errors; values do not change after reading. Secrets are `SecretStr` fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @abc.abstractmethod
    def open(self) -> Any:
        """The working part behind its port. Quick, no network; raises Misconfigured when the settings cannot work."""

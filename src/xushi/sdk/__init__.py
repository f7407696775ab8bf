"""The Python client: `xushi.connect(url, token)` to a running server, `xushi.open(folder)` to one in this process."""

from ._commands import Commands, Outcome
from ._embedded import Embedded, open_folder
from ._history import Samples
from ._plant import Plant, connect
from ._twins import Shell, Signal

__all__ = ["Commands", "Embedded", "Outcome", "Plant", "Samples", "Shell", "Signal", "connect", "open_folder"]

"""The Python client: `xushi.connect(url, token)` to a running server, `xushi.open(folder)` to one in this process."""

from ._embedded import Embedded, open_folder
from ._history import Samples
from ._plant import Plant, connect
from ._twins import Shell, Signal

__all__ = ["Embedded", "Plant", "Samples", "Shell", "Signal", "connect", "open_folder"]

"""The server: REST and WebSocket over the platform, and the page that browsers load."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xushi.server._app import ROUTES, build_app
    from xushi.server._serve import RunningServer, bind, run_server, serving

__all__ = ["ROUTES", "RunningServer", "bind", "build_app", "run_server", "serving"]


def __getattr__(name: str) -> Any:
    """Load the server only when it is used: the command line asks this room for a verb alone."""
    if name in ("ROUTES", "build_app"):
        from xushi.server import _app as room
    elif name in __all__:
        from xushi.server import _serve as room  # type: ignore[no-redef]
    else:
        raise AttributeError(name)
    return getattr(room, name)

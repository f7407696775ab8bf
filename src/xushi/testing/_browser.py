"""Finds the system's Chromium and the arguments under which it runs headless, without a GPU and without asking home."""

from __future__ import annotations

import os
import shutil

from ._missing import PeerMissing

# The headless shell is the same engine without the window, tabs and menus of a browser around each page, which cost
# a third of the processor time of a test and show nothing in a picture.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # root in a container cannot use it; the pages are our own
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-gpu-rasterization",  # as a browser without a GPU does: only WebGL goes through SwiftShader
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


def chromium_path() -> str:
    """Return the path of the Chromium to use: `XUSHI_CHROMIUM` where it is set, else the system's.

    Raises:
        PeerMissing: none is installed.
    """
    named = os.environ.get("XUSHI_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found:
        raise PeerMissing("Chromium is not installed; on Debian: apt-get install chromium")
    return found

"""Installs the servers and the browser that the tests use, where this machine has a package manager for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# command → Debian package; Ubuntu's `chromium-browser` package is only a pointer to a snap
PEERS = {"mosquitto": "mosquitto", "chromium": "chromium", "fc-list": "fontconfig"}
CHINESE_FONT = "fonts-noto-cjk"
SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin"


def find(command: str) -> str | None:
    """Return the path of a command; Debian keeps servers in folders that are not on a user's PATH."""
    return shutil.which(command, path=f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}")


def missing_packages() -> list[str]:
    """Return the Debian packages that are not here yet."""
    packages = [package for command, package in PEERS.items() if find(command) is None]
    fonts = find("fc-list")
    listed = subprocess.run([fonts, ":lang=zh-cn"], capture_output=True, check=False).stdout if fonts else b""
    if not listed:
        packages.append(CHINESE_FONT)
    return packages


def main() -> int:
    """Install what is missing; say plainly what that means where it cannot be done."""
    packages = missing_packages()
    if not packages:
        return 0
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = find("apt-get")
    can_install = apt is not None and (
        not as_root
        or (find("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0)
    )
    if not can_install or apt is None:
        print(
            f"These packages are missing and cannot be installed without root: {', '.join(packages)}.\n"
            f"The tests that need them will skip. To run them: sudo apt-get install {' '.join(packages)}",
            file=sys.stderr,
        )
        return 0
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # a broker started by its package would take the default port; the tests start their own on a free one
    subprocess.run([*as_root, apt, "update", "-q"], check=True, env=environment, stdout=subprocess.DEVNULL)
    command = [*as_root, apt, "install", "-qy", "--no-install-recommends", *packages]
    return subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())

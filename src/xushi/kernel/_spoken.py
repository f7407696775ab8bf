"""What every door says alike in the reader's language: a name with its value, and who acts under an own name."""

from __future__ import annotations

# Whoever signed in by the link, the terminal beside the server, and the platform itself.
_ACTORS = {"operator": "操作员", "this computer": "本机", "Xushi": "虚实"}


def pair_text(name: str, value: str, language: str) -> str:
    """Return a name with its value, with the colon of the language."""
    return f"{name}{'：' if language == 'zh-CN' else ': '}{value}"


def actor_name(name: str, language: str) -> str:
    """Return who acts under a name of the platform's own, in words; anybody else goes by the name."""
    return _ACTORS.get(name, name) if language == "zh-CN" else name

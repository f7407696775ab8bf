"""Closes the open brackets of a JSON text that breaks off: what stands before the break can be read."""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST_TEXT = 64 << 20
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+', re.S)
_EXTRA = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.S)
"""A string, which stays, or what people write into JSON by hand: comments and a comma after the last member."""

_CLOSER = {"{": "}", "[": "]"}


def without_comments(text: str) -> Any:
    """Return the value of a text that is JSON but for comments and commas too many; None where it is not."""
    if len(text) > LONGEST_TEXT:
        return None
    try:
        return json.loads(_EXTRA.sub(lambda match: match.group(1) or "", text), strict=False)
    except (ValueError, RecursionError):
        return None


def close_open_brackets(text: str) -> str | None:
    """Return the longest start of `text` that ends after a whole value, with its brackets closed.

    None where not even one value of the outermost object is whole.
    """
    if len(text) > LONGEST_TEXT:
        return None
    stack: list[str] = []
    safe_end, safe_depth = 0, 0
    is_key = False
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in _CLOSER:  # what is open at the safe end stays open: only a whole value closes it
            stack.append(piece)
            is_key = piece == "{"
            continue
        if piece == ",":
            is_key = bool(stack) and stack[-1] == "{"
            continue
        if piece == ":":
            is_key = False
            continue
        if piece in ("}", "]"):
            if not stack or _CLOSER[stack[-1]] != piece:
                break
            stack.pop()
        elif is_key or (piece[0] != '"' and match.end() == len(text)):
            continue
        if not stack:
            break
        safe_end, safe_depth = match.end(), len(stack)
        is_key = False
    if not safe_end:
        return None
    return text[:safe_end] + "".join(_CLOSER[opener] for opener in reversed(stack[:safe_depth]))

"""Closes the open brackets of a JSON text that breaks off: what stands before the break can be read."""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST_TEXT = 64 << 20
_STRING = r'"(?:[^"\\]++|\\.)*+'
"""A string up to its closing quote; it never gives back what it took, so that no text costs quadratic time."""

_PIECE = re.compile(rf'({_STRING}")|{_STRING}|[{{}}\[\],:]|[^\s"{{}}\[\],:]+', re.S)
_COMMENT = re.compile(rf'({_STRING}"?)|//[^\n]*|/\*.*?\*/', re.S)
_LAST_COMMA = re.compile(rf'({_STRING}"?)|,(?=\s*+[}}\]])', re.S)
_CLOSER = {"{": "}", "[": "]"}


def without_comments(text: str) -> Any:
    """Return the value of a text that is JSON but for comments and commas too many; None where it is not."""
    if len(text) > LONGEST_TEXT:
        return None
    if text.rfind("/*") > text.rfind("*/"):
        return None  # a comment that never ends; searching for its end again and again would take for ever
    bare = _COMMENT.sub(lambda match: match.group(1) or "", text)
    try:
        return json.loads(_LAST_COMMA.sub(lambda match: match.group(1) or "", bare), strict=False)
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
        elif is_key or (match.group(1) is None and match.end() == len(text)):
            continue
        if not stack:
            break
        safe_end, safe_depth = match.end(), len(stack)
        is_key = False
    if not safe_end:
        return None
    return text[:safe_end] + "".join(_CLOSER[opener] for opener in reversed(stack[:safe_depth]))

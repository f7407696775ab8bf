"""Says how much the history holds where, and how it fares."""

from __future__ import annotations

import msgspec


class HistoryLimits(msgspec.Struct, frozen=True):
    """How much the history holds where.

    Attributes:
        chunk_points: points of a full chunk; of STRING and ARRAY signals `object_chunk_points`.
        segment_bytes: size of one file of the log.
        log_bytes: size of the whole log, so of the open points in memory; beyond it slow signals are flushed.
        cache_bytes: decoded chunks kept in memory.
        gather_s: how long the log gathers frames before it writes them; a killed process loses no older ones.
        tick_s: how often the open points are looked through for full chunks.
        step_chunks: signals written in one transaction, so that no step takes long.
    """

    chunk_points: int = 2048
    object_chunk_points: int = 128
    segment_bytes: int = 4 << 20
    log_bytes: int = 48 << 20
    cache_bytes: int = 96 << 20
    gather_s: float = 0.005
    tick_s: float = 0.25
    step_chunks: int = 64


class HistoryState(msgspec.Struct, frozen=True):
    """How the history fares: counts, bytes, and what keeps it from writing, if anything does."""

    chunks: int
    stored_points: int
    open_points: int
    file_bytes: int
    log_bytes: int
    failure: str

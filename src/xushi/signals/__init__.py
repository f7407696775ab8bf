"""Signals: everything that moves. Frames, the board of newest values, the history and the timelines."""

from xushi.signals._board import Board, Sample
from xushi.signals._buckets import Buckets
from xushi.signals._frame import Frame
from xushi.signals._history import History
from xushi.signals._ingest import Ingest, Recorder, seed_board
from xushi.signals._kinds import MAX_ARRAY_ELEMENTS, NO_OBJECT, Kind, decode_value, encode_value
from xushi.signals._limits import HistoryLimits, HistoryState
from xushi.signals._points import Points
from xushi.signals._quality import (
    BAD,
    BAD_DATA_LOST,
    BAD_NO_COMMUNICATION,
    BAD_NO_DATA,
    BAD_WAITING_FOR_INITIAL_DATA,
    GOOD,
    LOOKING_AGAIN,
    NOBODY_LOOKED,
    UNCERTAIN,
    UNCERTAIN_LAST_VALUE,
    UNCERTAIN_NOT_UPDATED,
    is_bad,
    is_good,
    is_own_mark,
    quality_name,
    quality_table,
    quality_text,
)
from xushi.signals._registry import SignalDef, SignalRegistry, SourceRef
from xushi.signals._state_labels import state_text
from xushi.signals._table import PointSource, csv_parts, export_csv, export_parquet, export_xlsx
from xushi.signals._time_series import timeseries_submodel
from xushi.signals._timelines import BranchTimeline, LiveTimeline, RecordedTimeline, Timeline, TimelineKind
from xushi.signals._units import unit_display, unit_of_opcua, unit_to_opcua

__all__ = [
    "BAD",
    "BAD_DATA_LOST",
    "BAD_NO_COMMUNICATION",
    "BAD_NO_DATA",
    "BAD_WAITING_FOR_INITIAL_DATA",
    "GOOD",
    "LOOKING_AGAIN",
    "MAX_ARRAY_ELEMENTS",
    "NOBODY_LOOKED",
    "NO_OBJECT",
    "UNCERTAIN",
    "UNCERTAIN_LAST_VALUE",
    "UNCERTAIN_NOT_UPDATED",
    "Board",
    "BranchTimeline",
    "Buckets",
    "Frame",
    "History",
    "HistoryLimits",
    "HistoryState",
    "Ingest",
    "Kind",
    "LiveTimeline",
    "PointSource",
    "Points",
    "RecordedTimeline",
    "Recorder",
    "Sample",
    "SignalDef",
    "SignalRegistry",
    "SourceRef",
    "Timeline",
    "TimelineKind",
    "csv_parts",
    "decode_value",
    "encode_value",
    "export_csv",
    "export_parquet",
    "export_xlsx",
    "is_bad",
    "is_good",
    "is_own_mark",
    "quality_name",
    "quality_table",
    "quality_text",
    "seed_board",
    "state_text",
    "timeseries_submodel",
    "unit_display",
    "unit_of_opcua",
    "unit_to_opcua",
]

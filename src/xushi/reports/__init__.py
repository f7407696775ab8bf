"""Reports: shift calendar and schedule, the writers of PDF and XLSX, and the seal that proves a report offline."""

from xushi.reports._calendar import Shift, ShiftCalendar, ShiftSpan, zone_of
from xushi.reports._content import (
    Bars,
    Block,
    Column,
    Figure,
    Figures,
    FloorPlan,
    Lane,
    Lanes,
    LaneState,
    Picture,
    PlanThing,
    Report,
    Section,
    Series,
    Table,
    Text,
    Tone,
    Trend,
    said,
)
from xushi.reports._pdf import write_pdf
from xushi.reports._schedule import Period, Schedule
from xushi.reports._seal import Seal, SealedFile, Verdict, check_seal, find_seal, make_seal, read_seal, seal_file
from xushi.reports._texts import duration_text, local_time, time_text
from xushi.reports._words import person
from xushi.reports._xlsx import write_xlsx

__all__ = [
    "Bars",
    "Block",
    "Column",
    "Figure",
    "Figures",
    "FloorPlan",
    "Lane",
    "LaneState",
    "Lanes",
    "Period",
    "Picture",
    "PlanThing",
    "Report",
    "Schedule",
    "Seal",
    "SealedFile",
    "Section",
    "Series",
    "Shift",
    "ShiftCalendar",
    "ShiftSpan",
    "Table",
    "Text",
    "Tone",
    "Trend",
    "Verdict",
    "check_seal",
    "duration_text",
    "find_seal",
    "local_time",
    "make_seal",
    "person",
    "read_seal",
    "said",
    "seal_file",
    "time_text",
    "write_pdf",
    "write_xlsx",
    "zone_of",
]

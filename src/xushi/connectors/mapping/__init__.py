"""From found nodes to shells: a suggestion with its reasons, a sheet to edit, a check of the whole, AAS records."""

from ._check import MOST_FAULTS, check
from ._files import MOST_BYTES, XLSX, read_sheet, to_csv, to_xlsx
from ._interfaces import AID, actions_of
from ._model import (
    KINDS,
    MACHINE_KINDS,
    MOST_ROWS,
    OPERATIONAL_DATA,
    Fault,
    KindName,
    Machine,
    MachineKind,
    Mapping,
    Reason,
    Row,
)
from ._sheet import COLUMNS, read_table, table
from ._shells import records_of, shell_id, signals_of, submodel_id
from ._standing import Standing, left_standing, moves, standing
from ._suggest import suggest
from ._words import id_short, shown_name, words

__all__ = [
    "AID",
    "COLUMNS",
    "KINDS",
    "MACHINE_KINDS",
    "MOST_BYTES",
    "MOST_FAULTS",
    "MOST_ROWS",
    "OPERATIONAL_DATA",
    "XLSX",
    "Fault",
    "KindName",
    "Machine",
    "MachineKind",
    "Mapping",
    "Reason",
    "Row",
    "Standing",
    "actions_of",
    "check",
    "id_short",
    "left_standing",
    "moves",
    "read_sheet",
    "read_table",
    "records_of",
    "shell_id",
    "shown_name",
    "signals_of",
    "standing",
    "submodel_id",
    "suggest",
    "table",
    "to_csv",
    "to_xlsx",
    "words",
]

"""The kernel: ids, clock, records and diffs, commands, jobs and errors. It imports nothing of ours."""

from ._archives import DAMAGED_ARCHIVE
from ._blobs import BlobStore
from ._bus import MAY_PROPOSE, OWN_RIGHT, Authorizer, CommandBus, Journal, Listener, secret_fields
from ._child import Child
from ._clock import Clock, ManualClock, SystemClock
from ._commands import Actor, Change, Command, CommandContext, CommandTable, Effect, Outcome, State, Text
from ._compiler import Compiler
from ._errors import (
    LANGUAGES,
    Diagnosis,
    ErrorText,
    NothingSent,
    OutcomeUnknown,
    XushiError,
    environment_language,
    message,
    nearest_language,
    register_messages,
)
from ._ids import canonical_json, new_id
from ._jobs import Job, JobState, JobTable, Progress, to_its_end
from ._memory import give_back_memory
from ._network_words import NoAnswer, Reason, plain_reason
from ._records import Diff, Record, build_diff, compose, diff_key, split_key
from ._spoken import actor_name, pair_text
from ._state_words import shown_parameter
from ._store import LogEntry, RecordStore, SqliteStore
from ._yaml import read_yaml

__all__ = [
    "DAMAGED_ARCHIVE",
    "LANGUAGES",
    "MAY_PROPOSE",
    "OWN_RIGHT",
    "Actor",
    "Authorizer",
    "BlobStore",
    "Change",
    "Child",
    "Clock",
    "Command",
    "CommandBus",
    "CommandContext",
    "CommandTable",
    "Compiler",
    "Diagnosis",
    "Diff",
    "Effect",
    "ErrorText",
    "Job",
    "JobState",
    "JobTable",
    "Journal",
    "Listener",
    "LogEntry",
    "ManualClock",
    "NoAnswer",
    "NothingSent",
    "Outcome",
    "OutcomeUnknown",
    "Progress",
    "Reason",
    "Record",
    "RecordStore",
    "SqliteStore",
    "State",
    "SystemClock",
    "Text",
    "XushiError",
    "actor_name",
    "build_diff",
    "canonical_json",
    "compose",
    "diff_key",
    "environment_language",
    "give_back_memory",
    "message",
    "nearest_language",
    "new_id",
    "pair_text",
    "plain_reason",
    "read_yaml",
    "register_messages",
    "secret_fields",
    "shown_parameter",
    "split_key",
    "to_its_end",
]

"""Plans: what is to be done to the plant as data, checked, rehearsed, approved, executed, and held to its promise."""

from xushi.runtime.plans._commands import APPROVE, WRITE, is_own, other_approvers, plan_commands
from xushi.runtime.plans._content import (
    FORMAT,
    CommandStep,
    ManualStep,
    PlanCondition,
    PlanContent,
    PlanGuard,
    PlanOrigin,
    PlanPromise,
    PromisedFigure,
    PromisedLocks,
    ScheduleOrigin,
    content_schema,
    digest_of,
    read_content,
    write_content,
)
from xushi.runtime.plans._desk import PlanDesk
from xushi.runtime.plans._from_branch import from_branch_commands
from xushi.runtime.plans._from_contingency import from_contingency_commands
from xushi.runtime.plans._from_schedule import from_schedule_commands
from xushi.runtime.plans._measuring import measure, measure_commands
from xushi.runtime.plans._promising import promise_of
from xushi.runtime.plans._records import Plan, plan_of, plans
from xushi.runtime.plans._rehearsing import rehearse_commands
from xushi.runtime.plans._run_commands import run_commands

__all__ = [
    "APPROVE",
    "FORMAT",
    "WRITE",
    "CommandStep",
    "ManualStep",
    "Plan",
    "PlanCondition",
    "PlanContent",
    "PlanDesk",
    "PlanGuard",
    "PlanOrigin",
    "PlanPromise",
    "PromisedFigure",
    "PromisedLocks",
    "ScheduleOrigin",
    "content_schema",
    "digest_of",
    "from_branch_commands",
    "from_contingency_commands",
    "from_schedule_commands",
    "is_own",
    "measure",
    "measure_commands",
    "other_approvers",
    "plan_commands",
    "plan_of",
    "plans",
    "promise_of",
    "read_content",
    "rehearse_commands",
    "run_commands",
    "write_content",
]

"""One run of a model, step by step: for a branch that is played, and for one replication of an experiment."""

from __future__ import annotations

import numpy as np

from xushi.kernel import XushiError

from . import _layout as layout
from ._compile import Names
from ._handle import table_of
from ._kernel import advance, begin
from ._layout import World
from ._locks import Lock, lock_of
from ._model import Model
from ._recursion import recur
from ._serial import Line
from ._start import enlarge, start
from ._state import PlantState
from ._tell import tell

MOST_PARTS = 4_000_000


class Simulation:
    """A plant that runs as far as it is told, and can be looked at in between.

    Args:
        model: the plant.
        state: where it starts; empty and idle by default.
        seed: of all its random streams.
        replication: another number draws other, independent numbers.

    Raises:
        XushiError: as `check` and `start` say.
    """

    def __init__(self, model: Model, state: PlantState | None = None, *, seed: int = 1, replication: int = 0) -> None:
        self._calendar_s = (state or PlantState()).calendar_s
        template, names = start(model, state or PlantState())
        self._run = Run(template, names)
        self._run.begin(seed, replication)

    @property
    def now_s(self) -> float:
        """Return how far it has run."""
        return float(self._run.world.plant["now_s"][0])

    def advance(self, until_s: float) -> None:
        """Run up to and including `until_s`.

        Raises:
            XushiError: `simulate.diverges`, `.endless`, `.deadlock` or `.gridlock`, with the element to blame.
        """
        self._run.advance(until_s)
        self._run.refuse_lock()

    def state(self) -> PlantState:
        """Return where the plant stands: a simulation started from it goes on from here."""
        return tell(self._run.world, self._run.names, self._calendar_s)

    def levels(self) -> dict[str, int]:
        """Return how many parts are in each buffer."""
        return dict(zip(self._run.names.buffers, self._run.world.buffers["level"].tolist(), strict=True))

    def finished(self) -> dict[str, int]:
        """Return how many parts have left through each sink."""
        return dict(zip(self._run.names.sinks, self._run.world.sinks["count"].tolist(), strict=True))


class Run:
    """A world of its own, copied from a template; it can be begun again and again."""

    def __init__(self, template: World, names: Names) -> None:
        self.names = names
        self._template = template
        self._own(template._replace(**{name: getattr(template, name).copy() for name in layout.MUTABLE}))

    def _own(self, world: World) -> None:
        self.world = world
        self._table = table_of(world)
        self.address = int(self._table.ctypes.data)
        self._is_fresh = True

    def _restore(self) -> None:
        """Bring the world back to the template's state."""
        if self._is_fresh:
            self._is_fresh = False
            return
        if len(self.world.parts) != len(self._template.parts):
            self._template = enlarge(self._template, len(self.world.parts) - len(self._template.parts))
        for name in layout.MUTABLE:
            np.copyto(getattr(self.world, name), getattr(self._template, name))

    def begin(self, seed: int, replication: int) -> None:
        """Go back to the start, with the random numbers of a replication."""
        self._restore()
        begin(self.address, seed, replication)

    def recur(self, line: Line, seed: int, replication: int, warm_up_s: float, horizon_s: float) -> None:
        """Run a replication of a serial line by the recursion, from the start to the horizon."""
        self._restore()
        warm_s = warm_up_s if warm_up_s > 0 else -1.0
        recur(self.address, line.machines, line.buffers, line.sink, seed, replication, float(warm_s), float(horizon_s))

    def advance(self, until_s: float) -> None:
        """Run up to and including `until_s`, with as many parts as it takes, locked or not.

        Raises:
            XushiError: `simulate.diverges`, `.endless`, `.cancelled`.
        """
        while True:
            status = advance(self.address, float(until_s))
            if status == layout.NEEDS_PARTS:
                self.add_parts()
                continue
            self.refuse(status)
            return

    def refuse(self, status: int) -> None:
        """Refuse to go on where the kernel does not."""
        if status == layout.ENDLESS:
            raise XushiError("simulate.endless", at_s=round(float(self.world.plant["now_s"][0]), 3))
        if status == layout.CANCELLED:
            raise XushiError("simulate.cancelled")

    def add_parts(self) -> None:
        """Make room for as many parts again; refuse a plant that fills up without end."""
        count = len(self.world.parts)
        if count >= MOST_PARTS:
            fullest = int(np.argmax(self.world.buffers["level"])) if len(self.world.buffers) else 0
            raise XushiError("simulate.diverges", buffer=list(self.names.buffers)[fullest], parts=count)
        self._own(enlarge(self.world, count))
        self._is_fresh = False

    def lock(self, replication: int = 0) -> Lock | None:
        """Return what has locked itself by now, if anything."""
        return lock_of(self.world, self.names, self.address, replication)

    def refuse_lock(self) -> None:
        """Refuse a plant in which something can never go on."""
        if (lock := self.lock()) is not None:
            raise lock.refusal()

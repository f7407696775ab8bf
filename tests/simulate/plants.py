"""Small plants for the tests of the simulation."""

from __future__ import annotations

from typing import Any

import msgspec

from xushi.simulate import (
    Buffer,
    Constant,
    Distribution,
    Exponential,
    Failure,
    Input,
    Machine,
    Model,
    Operation,
    Route,
    Sink,
    Source,
)


def step(duration: Distribution | float, take: str | None, to: str, **more: Any) -> Operation:
    """Return an operation with one input and one route."""
    duration = Constant(value_s=duration) if isinstance(duration, int | float) else duration
    inputs = () if take is None else (Input(buffer=take),)
    return Operation(duration=duration, inputs=inputs, to=(Route(to=to),), **more)


def serial(count: int = 4, capacity: int = 3, *, fails: bool = True, mean_s: float = 1.0) -> Model:
    """Return a serial line of exponential machines."""
    failures = (Failure(id="jam", after=Exponential(100 * mean_s), repair=Exponential(10 * mean_s)),) if fails else ()
    machines = tuple(
        Machine(
            id=f"M{i}",
            operations=(step(Exponential(mean_s), f"B{i}" if i else None, f"B{i + 1}" if i < count - 1 else "out"),),
            failures=failures,
        )
        for i in range(count)
    )
    buffers = tuple(Buffer(id=f"B{i}", capacity=capacity) for i in range(1, count))
    return Model(name="serial", machines=machines, buffers=buffers, sinks=(Sink(id="out"),))


def cell(*machines: Machine, buffers: tuple[Buffer, ...], **more: Any) -> Model:
    """Return a plant with a sink `out` and a source `in` of a part a second into buffer `a`, unless told otherwise."""
    given = {
        "sources": (Source(id="in", interval=Constant(value_s=1.0), to=(Route(to="a"),)),),
        "sinks": (Sink(id="out"),),
        **more,
    }
    return Model(name="cell", machines=machines, buffers=buffers, **given)


def changed(model: Model, **fields: Any) -> Model:
    """Return the model with other fields."""
    return msgspec.structs.replace(model, **fields)

"""Lines and queues whose exact figures are known, and what our simulation finds for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from xushi.simulate import (
    Buffer,
    Constant,
    Distribution,
    Experiment,
    Exponential,
    Failure,
    Gamma,
    Geometric,
    Input,
    Interval,
    Machine,
    Model,
    Operation,
    Route,
    Sink,
    Source,
    run,
)

BY_EVENTS = ", event kernel"
_REPLICATIONS = 32
_HOUR_S = 3600.0


@dataclass(frozen=True)
class Reference:
    """A model, one of its key figures, and the exact value in units of `per`.

    `controls` are other key figures with the values that they have in the mean: what chance made of these in a
    replication tells what it made of the figure.
    """

    name: str
    exact: float
    source: str
    model: Model
    kpi: str
    run_s: float
    per: float = 1.0
    engine: str = "auto"
    replications: int = _REPLICATIONS
    controls: tuple[tuple[str, float], ...] = ()

    def simulate(self) -> Interval:
        """Return our 95 % interval, after a warm-up of a twentieth of the length of each replication."""
        experiment = Experiment(
            horizon_s=self.run_s * 1.05,
            warm_up_s=self.run_s * 0.05,
            replications=self.replications,
            seed=20,
            engine=self.engine,
        )
        outcome = run(self.model, experiment)
        off = np.array([outcome.values(kpi) - mean for kpi, mean in self.controls])
        found = controlled(outcome.values(self.kpi), off) if self.controls else outcome.interval(self.kpi)
        return Interval(mean=found.mean / self.per, half_width=found.half_width / self.per, count=found.count)


def controlled(values: NDArray[np.float64], off: NDArray[np.float64]) -> Interval:
    """Return the mean with its 95 % interval, after what control variates explain is taken off.

    Args:
        values: [replications].
        off: [controls, replications] by how much each control differs from its known mean.

    Source: S. Lavenberg, P. Welch, "A perspective on the use of control variables to increase the efficiency of Monte
        Carlo simulations", Management Science 27(3), 1981.
    """
    known = np.column_stack([np.ones(len(values)), *off])
    weights, *_ = np.linalg.lstsq(known, values, rcond=None)
    freedom = len(values) - known.shape[1]
    variance = float(((values - known @ weights) ** 2).sum()) / freedom
    deviation = float(np.sqrt(variance * np.linalg.inv(known.T @ known)[0, 0]))
    return Interval(
        mean=float(weights[0]), half_width=float(stdtrit(freedom, 0.975)) * deviation, count=len(values)
    )  # fmt: skip


def line(
    work: Sequence[Distribution], capacities: Sequence[int], failures: Sequence[tuple[Failure, ...]] | None = None
) -> Model:
    """Return a serial line whose first machine never starves and whose last is never blocked."""
    last = len(work) - 1
    machines = tuple(
        Machine(
            id=f"M{i + 1}",
            operations=(
                Operation(
                    duration=duration,
                    inputs=() if i == 0 else (Input(buffer=f"B{i}"),),
                    to=(Route(to="out" if i == last else f"B{i + 1}"),),
                ),
            ),
            failures=failures[i] if failures else (),
        )
        for i, duration in enumerate(work)
    )
    buffers = tuple(Buffer(id=f"B{i + 1}", capacity=capacity) for i, capacity in enumerate(capacities))
    return Model(name="line", machines=machines, buffers=buffers, sinks=(Sink(id="out"),))


def queue(arrival_mean_s: float, work: Distribution, servers: int) -> Model:
    """Return a queue without limit before equal servers."""
    serve = Operation(duration=work, inputs=(Input(buffer="queue"),), to=(Route(to="out"),))
    return Model(
        name="queue",
        sources=(Source(id="arrivals", interval=Exponential(mean_s=arrival_mean_s), to=(Route(to="queue"),)),),
        buffers=(Buffer(id="queue"),),
        machines=(Machine(id="server", operations=(serve,), count=servers),),
        sinks=(Sink(id="out"),),
    )


def unreliable(p: float, r: float) -> tuple[Failure, ...]:
    """Return a failure of rate p while working that is repaired at rate r."""
    return (Failure(id="failure", after=Exponential(mean_s=1 / p), repair=Exponential(mean_s=1 / r)),)


def bernoulli(up: Sequence[float], capacity: int) -> Model:
    """Return the Bernoulli line: in each slot a machine is up with its own probability.

    Up and down times of such a machine are geometric and count clock time. The textbook's buffer counts the part that
    our blocked machine holds, so ours is one smaller.
    """
    failures = [
        (Failure(id="down", counts="time", after=Geometric(probability=1 - p), repair=Geometric(probability=p)),)
        for p in up
    ]
    return line([Constant(1.0)] * len(up), [capacity - 1] * (len(up) - 1), failures)


def erlang(stages: int, mean_s: float) -> Distribution:
    """Return an Erlang distribution."""
    return Gamma(shape=stages, scale_s=mean_s / stages)


def references() -> Iterator[Reference]:
    """Yield every reference of the simulation; serial lines twice, by the recursion and by the event kernel."""
    for one in (*_exponential_lines(), *_unreliable_lines(), *_unequal_lines()):
        yield one
        yield replace(one, name=f"{one.name}{BY_EVENTS}", engine="kernel")
    yield from _bernoulli_lines()
    yield from _extra_servers()
    yield from _queues()


def _throughput(name: str, exact: float, source: str, model: Model, run_s: float) -> Reference:
    return Reference(name, exact, source, model, "plant.throughput_per_h", run_s, per=_HOUR_S)


def _exponential_lines() -> Iterator[Reference]:
    one = Exponential(mean_s=1.0)
    exact = {2: 0.666667, 3: 0.564103, 4: 0.514775, 5: 0.485798, 6: 0.466713, 7: 0.453179}
    for count, rate in exact.items():
        name = f"{count} exponential machines without buffers, parts a service time"
        yield _throughput(name, rate, "Hunt 1956; Markov chain", line([one] * count, [0] * (count - 1)), 300_000)
    for capacity in (1, 2, 8):
        rate = (capacity + 2) / (capacity + 3)
        name = f"2 exponential machines, buffer {capacity}"
        yield _throughput(name, rate, "(N+2)/(N+3)", line([one] * 2, [capacity]), 300_000)


def _unreliable_lines() -> Iterator[Reference]:
    one, fails, source = Exponential(mean_s=1.0), unreliable(0.01, 0.1), "Markov chain, p=.01, r=.1"
    for capacities, exact in {(5,): 0.756197, (10,): 0.799026, (5, 5): 0.690298, (3, 3, 3): 0.602908}.items():
        count = len(capacities) + 1
        name = f"{count} unreliable exponential machines, buffers {capacities}"
        yield _throughput(name, exact, source, line([one] * count, capacities, [fails] * count), 1_000_000)


def _unequal_lines() -> Iterator[Reference]:
    source = "Markov chain"
    work = [Exponential(mean_s=1.0), Exponential(mean_s=1 / 1.2)]
    model = line(work, [8], [unreliable(0.01, 0.1), unreliable(0.02, 0.1)])
    yield _throughput("2 unequal unreliable machines, buffer 8", 0.798653, source, model, 1_000_000)
    work = [Exponential(mean_s=1.0), Exponential(mean_s=1 / 0.8), Exponential(mean_s=1.0)]
    model = line(work, [4, 6], [unreliable(0.01, 0.1), unreliable(0.005, 0.05), unreliable(0.02, 0.1)])
    yield _throughput("3 unequal unreliable machines, buffers (4, 6)", 0.591119, source, model, 1_000_000)


def _bernoulli_lines() -> Iterator[Reference]:
    cases = {(0.9, 0.9, 2): 0.85714, (0.9, 0.9, 5): 0.88235, (0.8, 0.9, 3): 0.79154, (0.95, 0.7, 4): 0.69996}
    for (first, second, capacity), exact in cases.items():
        name = f"Bernoulli line ({first}, {second}), buffer {capacity}, parts a slot"
        yield _throughput(name, exact, "Li and Meerkov 2009, 4.2", bernoulli([first, second], capacity), 100_000)


def _extra_servers() -> Iterator[Reference]:
    one = Exponential(mean_s=1.0)
    for servers, exact in {(1, 1, 2, 1, 1): 0.5638, (1, 2, 1, 2, 1): 0.6637, (1, 2, 2): 0.8873}.items():
        plain = line([one] * len(servers), [0] * (len(servers) - 1))
        machines = tuple(
            msgspec.structs.replace(machine, count=count)
            for machine, count in zip(plain.machines, servers, strict=True)
        )
        model = msgspec.structs.replace(plain, machines=machines)
        yield _throughput(f"servers {servers} without buffers", exact, "Hillier and So 1989", model, 300_000)


def _queues() -> Iterator[Reference]:
    one = Exponential(mean_s=1.0)
    run_s = 6_000_000
    yield Reference(
        "M/M/1, load .8: mean wait", 4.0, "rho/(1-rho)", queue(1.25, one, 1), "queue.wait_s", run_s, replications=64,
        controls=(("server.busy_share", 0.8), ("arrivals.arrived", run_s / 1.25)),
    )  # fmt: skip
    wait = queue(1 / 2.4, one, 3)
    yield Reference("M/M/3, load 2.4: who waits", 0.647191, "Erlang C", wait, "queue.delayed_share", 800_000)

"""SimPy, which knows nothing of us, finds the same figures for a line that no formula covers."""

import random

import numpy as np
import simpy

from xushi.simulate import Experiment, difference, interval, run

from .plants import serial

COUNT, CAPACITY, HORIZON_S, REPLICATIONS = 4, 3, 3_000.0, 60


def simpy_line(seed: int) -> tuple[int, float]:
    """Return the parts out of an unreliable line, and the mean level of its first buffer."""
    env, draws = simpy.Environment(), random.Random(seed)
    buffers = [simpy.Store(env, capacity=CAPACITY) for _ in range(COUNT - 1)]
    out = [0]
    area = [0.0]

    def machine(i: int):
        left_s = draws.expovariate(1 / 100)
        while True:
            if i:
                yield buffers[i - 1].get()
            work_s = draws.expovariate(1.0)
            while left_s < work_s:
                work_s -= left_s
                yield env.timeout(left_s)
                yield env.timeout(draws.expovariate(1 / 10))
                left_s = draws.expovariate(1 / 100)
            left_s -= work_s
            yield env.timeout(work_s)
            if i == COUNT - 1:
                out[0] += 1
            else:
                yield buffers[i].put(1)

    def watch():
        while True:
            yield env.timeout(1.0)
            area[0] += len(buffers[0].items)

    for i in range(COUNT):
        env.process(machine(i))
    env.process(watch())
    env.run(HORIZON_S)
    return out[0], area[0] / HORIZON_S


def test_simpy_agrees_on_output_and_on_levels():
    theirs = np.array([simpy_line(seed) for seed in range(REPLICATIONS)])
    for engine in ("auto", "kernel"):
        ours = run(serial(COUNT, CAPACITY), Experiment(horizon_s=HORIZON_S, replications=REPLICATIONS, engine=engine))
        for kpi, column in (("out.count", 0), ("B1.level", 1)):
            assert interval(ours.values(kpi) - theirs[:, column], 0.99).has(0.0)


def test_common_random_numbers_make_a_difference_clear_that_independent_ones_hide():
    experiment = Experiment(horizon_s=HORIZON_S, replications=20)
    small, large = run(serial(4, 3), experiment), run(serial(4, 4), experiment)
    apart = run(serial(4, 4), Experiment(horizon_s=HORIZON_S, replications=20, seed=77))
    paired, unpaired = difference(large, small, "out.count"), difference(apart, small, "out.count")
    assert paired.low > 0
    assert paired.half_width < unpaired.half_width / 3

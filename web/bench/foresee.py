"""Measures the recursion in a headless Chromium beside that of the server on the same line; JSON lines."""

from __future__ import annotations

import json
import time
from typing import Any

from measuring_page import measuring_page

from xushi import simulate as s

MACHINES, CAPACITY, ROUNDS = 10, 10, 5
EXPERIMENT = s.Experiment(horizon_s=50_000.0, replications=4)


def line() -> s.Model:
    """Return ten machines with nine buffers of ten, exponential work and failures, as `bench simulate` has them."""
    failure = s.Failure(id="failure", after=s.Exponential(mean_s=100.0), repair=s.Exponential(mean_s=10.0))
    machines = tuple(
        s.Machine(
            id=f"M{i}",
            operations=(
                s.Operation(
                    duration=s.Exponential(mean_s=1.0),
                    inputs=(s.Input(buffer=f"B{i}"),) if i else (),
                    to=(s.Route(to=f"B{i + 1}" if i < MACHINES - 1 else "out"),),
                ),
            ),
            failures=(failure,),
        )
        for i in range(MACHINES)
    )
    buffers = tuple(s.Buffer(id=f"B{i}", capacity=CAPACITY) for i in range(1, MACHINES))
    return s.Model(name="line", machines=machines, buffers=buffers, sinks=(s.Sink(id="out"),))


def here() -> tuple[float, list[float]]:
    """Return the server's operations a second on one thread, and the parts of each replication."""
    s.run(line(), s.Experiment(horizon_s=10.0, replications=1))
    best, good = 0.0, [0.0]
    for _ in range(ROUNDS):
        began = time.perf_counter()
        outcome = s.run(line(), EXPERIMENT, workers=1)
        took_s = time.perf_counter() - began
        operations = sum(float(outcome.values(f"M{i}.made").sum()) for i in range(MACHINES))
        best, good = max(best, operations / took_s), outcome.values("plant.good").tolist()
    return best, good


def there() -> tuple[float, list[float]]:
    """Return the same of the client, in the worker of a page."""
    with measuring_page("foresee.html") as page:
        given = [json.loads(s.write_model(line())), {"warm_up_s": 0, "seed": EXPERIMENT.seed, **_plain()}]
        call = "([model, experiment]) => window.measure(model, experiment)"
        rounds: list[dict[str, Any]] = [page.evaluate(call, given) for _ in range(ROUNDS)]
    return max(1000 * one["operations"] / one["tookMs"] for one in rounds), rounds[-1]["good"]


def _plain() -> dict[str, float]:
    return {"horizon_s": EXPERIMENT.horizon_s, "replications": EXPERIMENT.replications}


def main() -> int:
    """Print one JSON object; exit 1 where the two do not count the same parts."""
    rate, good = there()
    baseline, wanted = here()
    told = {
        "name": "foresee.recursion", "value": round(rate), "unit": "machine-operations/s, one worker of a page",
        "baseline": round(baseline), "ratio": round(rate / baseline, 3), "same_parts": good == wanted,
    }  # fmt: skip
    print(json.dumps(told))
    return 0 if good == wanted else 1


if __name__ == "__main__":
    raise SystemExit(main())

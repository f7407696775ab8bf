"""The slowest machine is found, with what slows it; without the compiler, the room says what to install."""

import subprocess
import sys

from xushi.simulate import Constant, Experiment, Exponential, Failure, find_bottleneck, run

from .plants import changed, serial, step


def test_the_machine_that_waits_least_is_the_bottleneck_with_its_causes():
    line = serial(4, 3, fails=False)
    rust = Failure(id="rust", after=Exponential(mean_s=20), repair=Constant(value_s=10))
    slow = changed(line.machines[2], operations=(step(Exponential(mean_s=1.1), "B2", "B3"),), failures=(rust,))
    model = changed(line, machines=(*line.machines[:2], slow, line.machines[3]))
    found = find_bottleneck(run(model, Experiment(horizon_s=5_000.0, replications=10)))
    assert found.machine == "M2"
    assert found.lead.low > 0
    assert found.causes["down"] > 0.2


def test_equal_machines_have_no_clear_bottleneck():
    found = find_bottleneck(run(serial(2, 5), Experiment(horizon_s=2_000.0, replications=10)))
    assert found.lead.low <= 0


def test_models_are_read_without_the_compiler_and_its_absence_is_told():
    program = (
        "import sys; sys.modules['numba'] = None\n"
        "import xushi.simulate as s\n"
        "from xushi.kernel import XushiError\n"
        's.read_model(\'{"name": "x"}\')\n'
        "try:\n    s.run\n"
        "except XushiError as error:\n    print(error.code)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "simulate.numba_missing"

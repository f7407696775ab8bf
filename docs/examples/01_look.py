"""Example 1: see what there is, read values and history, and show them as a notebook would.

Run it beside a running server (the demo: `xushi demo`): `.venv/bin/python docs/examples/01_look.py`, or set XUSHI_URL
and XUSHI_TOKEN. Each block is a cell; in a notebook the last line of a cell shows itself.
"""

import os

import xushi

# %% Connect: without address and token to the server of this computer's data folder
plant = xushi.connect(
    os.environ.get("XUSHI_URL", ""),
    os.environ.get("XUSHI_TOKEN", ""),
    data=os.environ.get("XUSHI_DATA", "xushi-data/demo"),
)
plant

# %% A twin: name, submodels, live values
op40 = plant.shell("OP40")
op40

# %% One signal: its value now, with unit and quality
target = op40["TorqueTarget"]
print(target.value)

# %% Its past as numpy arrays; in a notebook a line over time
samples = op40["Progress"].history(minutes=5)
print(samples, samples.values[-3:])
samples

# %% What is wrong now, how the station does, and why
print(plant.alarms())
figures = op40.figures(minutes=10)
print(figures)
for figure in figures[:1]:  # none where nobody has said what is to be measured
    print(figure.why())

# %% A control chart, with the rules of Nelson that it breaks
op40["CycleTime"].control_chart(minutes=30)

# %% Every command of the server, with signature and help
print(plant.commands)
help(plant.commands.signal.write)

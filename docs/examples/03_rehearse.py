"""Example 3: fork the line, change it there, compare, make a plan, approve and execute it, and see what it promises.

Needs a token with the rights `propose`, `plan:write`, `plan:approve` and `device:write`: see example 1 for how to
connect. Where others may approve as well, one of them does: put that person's token in XUSHI_APPROVER. The line should
have run for some minutes, so that there is a past to learn from.
"""

import os

import xushi

url, token = os.environ.get("XUSHI_URL", ""), os.environ.get("XUSHI_TOKEN", "")
folder = os.environ.get("XUSHI_DATA", "xushi-data/demo")
plant = xushi.connect(url, token, data=folder)
approver = xushi.connect(url, os.environ.get("XUSHI_APPROVER", token), data=folder)
factor = plant.shell("OP90")["CycleTimeFactor"]

# %% What the next hour brings, with the intervals of single futures
forecast = plant.commands.foresight.forecast(hours=1, replications=40).wait()
for figure in forecast["figures"]:
    print(figure["title"]["en"], figure["mean"], f"[{figure['band_low']}, {figure['band_high']}]", figure["unit"])

# %% A branch: from here on models take the place of the machines
branch = plant.commands.branch.fork(hours=1, title="OP90 quicker")["result"]["branch"]
plant.wait(plant.remote.get(f"/api/branches/{branch}")["branch"]["job"])  # its path is computed
plant.commands.branch.run(branch, "signal.write", params={"signal": factor.key, "value": 0.85})

# %% Does it beat doing nothing?
compared = plant.commands.foresight.compare(branches=[branch], replications=30).wait()
for one in compared["alternatives"]:
    gain = one["differences"]["plant.good"]
    print(one["name"], gain["mean"], f"[{gain['low']}, {gain['high']}]", "clear" if gain["is_clear"] else "noise")

# %% A plan of it: which command goes to which device, and what it promises
made = plant.commands.plan.from_branch(branch)
plan = made["result"]["plan"]
made.wait()
checked = plant.commands.plan.check(plan)["result"]
print([(step["command"], [device["protocol"] for device in step["devices"]]) for step in checked["steps"]])
shown = plant.remote.get(f"/api/plans/{plan}")
print([(one["id"], one["mean"]) for one in shown["content"]["promise"]["figures"]])

# %% Approve exactly this content, and execute it on the line
approver.commands.plan.approve(plan, shown["digest"])
plant.commands.plan.execute(plan).wait()
print(plant.remote.get(f"/api/plans/{plan}")["line"]["state"], factor.value)

# %% The promise beside what happened: "not_yet" until the span is over
print(plant.commands.plan.measure(plan).wait()["state"])

# %% And back
plant.commands.plan.roll_back(plan).wait()
print(factor.value)

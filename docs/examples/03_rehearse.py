"""Example 3: fork the line, now and in the past, change it there, compare; schedule orders, see what material they need
and what could be done about a breakdown; make a plan, approve and execute it, and see what it promises.

Needs a token with the rights `propose`, `twin:write`, `plan:write`, `plan:approve` and `device:write`: see example 1
for how to connect. Where others may approve as well, one of them does: put that person's token in XUSHI_APPROVER. The
line should have run for some minutes, so that there is a past to learn from.
"""

import os

import xushi

url, token = os.environ.get("XUSHI_URL", ""), os.environ.get("XUSHI_TOKEN", "")
folder = os.environ.get("XUSHI_DATA", "xushi-data/demo")
plant = xushi.connect(url, token, data=folder)
approver = xushi.connect(url, os.environ.get("XUSHI_APPROVER", token), data=folder)
factor = plant.shell("OP90")["CycleTimeFactor"]

# %% What the next hour brings, with the intervals of single futures; in a notebook it shows itself as a table
forecast = plant.commands.foresight.forecast(hours=1, replications=40).wait()
for figure in forecast["figures"]:
    name, band = figure["title"][plant.remote.language], f"[{figure['band_low']}, {figure['band_high']}]"
    print(name, figure["mean"], band, figure["unit"])
forecast

# %% A branch of a past instant: what would have been, had OP90 been quicker then
live = next(one for one in plant.remote.get("/api/timelines") if one["id"] == "live")
past_ms = max((live["start_ms"] + forecast["at_ms"]) / 2, forecast["at_ms"] - 600e3)
past = plant.commands.branch.fork(at_ms=past_ms, hours=0.5, title="OP90 quicker then")["result"]["branch"]
plant.wait(plant.remote.get(f"/api/branches/{past}")["branch"]["job"])
plant.commands.branch.run(past, "signal.write", params={"signal": factor.key, "value": 0.85})
plant.wait(plant.remote.get(f"/api/branches/{past}")["branch"]["job"])  # a change gives another path
print(plant.values([factor], timeline=past))

# %% A branch: from here on models take the place of the machines
branch = plant.commands.branch.fork(hours=1, title="OP90 quicker")["result"]["branch"]
plant.wait(plant.remote.get(f"/api/branches/{branch}")["branch"]["job"])  # its path is computed
plant.commands.branch.run(branch, "signal.write", params={"signal": factor.key, "value": 0.85})

# %% Does it beat doing nothing?
compared = plant.commands.foresight.compare(branches=[branch], replications=30).wait()
for one in compared["alternatives"]:
    gain = one["differences"]["plant.good"]
    print(one["name"], gain["mean"], f"[{gain['low']}, {gain['high']}]", "clear" if gain["is_clear"] else "noise")
compared

# %% Two orders, the schedule that makes them, and the material they need
book = plant.remote.get("/api/orders")
product = book["products"][0]["id"]
orders = [
    plant.commands.order.add(name, product, quantity, due_ms=book["now_ms"] + hours * 3_600_000)
    for name, quantity, hours in (("EX-1", 4, 1.0), ("EX-2", 6, 2.0))
]
made = plant.commands.schedule.make(limit_s=1)
made.wait()
schedule = plant.schedule()
print([(one["id"], one["end_ms"], one["due_ms"]) for one in schedule["orders"]])
print([(one["item"], one["quantity"]) for one in plant.material()["orders"]])
schedule

# %% What could be done if OP70 broke down now, best first
answers = plant.commands.contingency.rehearse("OP70", minutes=20).wait()
print([(one["id"], one["good_more"]["mean"]) for one in answers["options"]])
answers

# %% The orders go again; what is undone stays in the evidence
for order in reversed(orders):
    order.undo()

# %% A plan of the branch, which pauses where OP90 goes out of service meanwhile
made = plant.commands.plan.from_branch(branch)
plan = made["result"]["plan"]
made.wait()
down = {"signal": plant.shell("OP90")["State"].key, "test": "=", "value": 1, "for_s": 5}
content = plant.plan(plan)["content"] | {"guards": [{"condition": down, "effect": "suspend"}]}
plant.commands.plan.revise(plan, content)
plant.commands.plan.rehearse(plan, hours=1).wait()  # what has changed promises nothing until it is rehearsed

# %% Which command goes to which device, and what the plan promises
checked = plant.commands.plan.check(plan)["result"]
print([(step["command"], [device["protocol"] for device in step["devices"]]) for step in checked["steps"]])
shown = plant.plan(plan)
print([(one["id"], one["mean"]) for one in shown["content"]["promise"]["figures"]])

# %% Approve exactly this content, and execute it on the line
approver.commands.plan.approve(plan, shown["digest"])
plant.commands.plan.execute(plan).wait()
print(plant.plan(plan)["line"]["state"], factor.value)
plant.plan(plan)

# %% The promise beside what happened: "not_yet" until the span is over
print(plant.commands.plan.measure(plan).wait()["state"])

# %% And back
plant.commands.plan.roll_back(plan).wait()
print(factor.value)

"""Example 2: change a set-point, stop and start a station, send a vehicle; each waits for the machine's own answer.

Needs a token with the rights `device:write` and `propose`: see example 1 for how to connect.
"""

import os

import xushi

plant = xushi.connect(
    os.environ.get("XUSHI_URL", ""),
    os.environ.get("XUSHI_TOKEN", ""),
    data=os.environ.get("XUSHI_DATA", "xushi-data/demo"),
)
op40, op70 = plant.shell("OP40"), plant.shell("OP70")

# %% Look first: a dry run says what would be written, and writes nothing
planned = plant.commands.signal.write(op40["TorqueTarget"].key, 86.0, dry_run=True)
print(planned["state"], planned["summary"])

# %% Write, and take it back
written = op40["TorqueTarget"].write(86.0, reason="bolts at the low end of the angle window")
print(written["state"], written["effects"][0]["text"])
print(written.undo()["state"])

# %% What the machine's interface lists as actions
print({name: action["name"][plant.remote.language] for name, action in op70.actions.items()})
stopped = op70.act("Stop", reason="guard door check")
print(stopped["state"])
print(stopped.undo()["summary"]["name"])  # the inverse of Stop is Start

# %% A refusal comes back with its reason
refused = op70.act("AnswerPokaYoke")
print(refused["state"], "-", (refused["error"] or {}).get("why", ""))

# %% Send a vehicle: a VDA 5050 order; the vehicle accepts or refuses
sent = plant.commands.agv.order("AGV1", goal="OP50", reason="bring tools")
print(sent["state"], (sent["error"] or {}).get("why") or sent["effects"][0]["route"])
if sent.is_done:
    print(sent.undo()["summary"])  # cancelOrder

# %% Or only propose it: it waits in the browser for a person with the right
proposed = plant.commands.agv.order("AGV2", goal="KIT1", propose=True, reason="kits run low")
print(proposed["result"])

"""The published reference numbers, each with its source and with ours computed by the product's own code."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xushi.connectors._mqtt_codec import encode_publish
from xushi.connectors.sparkplug import DataType
from xushi.kernel import new_id
from xushi.monitor import accepted_share, c4, d2, d3, gauge_rr, nelson_rules, oee_index
from xushi.signals import quality_name, unit_to_opcua
from xushi.trust import EMPTY_ROOT, MerkleTree, leaf_hash

from ._lots import SOURCE, WAGNER_WHITIN_1958, least_cost
from ._simulation import references

# Eight leaves and the roots over their first n, as the certificate-transparency project publishes them.
_CT_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
_CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@dataclass(frozen=True)
class Case:
    """One reference number: what a publication says, what we compute, and where it stands."""

    name: str
    expected: str
    ours: str
    source: str
    agrees: bool | None = None  # where equal texts are not the measure

    @property
    def is_same(self) -> bool:
        """Return whether ours agrees with the publication."""
        return self.expected == self.ours if self.agrees is None else self.agrees


def cases() -> Iterator[Case]:
    """Yield every reference number the product is held to."""
    yield from _trees()
    yield from _identifiers()
    yield from _packets()
    yield from _opcua()
    yield from _sparkplug()
    yield from _figures()
    yield from _charts()
    yield Case("Wagner-Whitin: least cost of lots", WAGNER_WHITIN_1958, least_cost(), SOURCE)
    yield from _simulation()


def _trees() -> Iterator[Case]:
    source = "RFC 9162, 2.1.1"
    yield Case(
        "Merkle root of an empty log",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        EMPTY_ROOT.hex(),
        source,
    )
    tree = MerkleTree()
    for number, (leaf, root) in enumerate(zip(_CT_LEAVES, _CT_ROOTS, strict=True), 1):
        tree.append(leaf_hash(bytes.fromhex(leaf)))
        yield Case(f"Merkle root of {number} leaves", root, tree.root().hex(), "certificate-transparency test data")


def _identifiers() -> Iterator[Case]:
    example = uuid.UUID(new_id(0x017F22E279B0 * 1_000_000))
    yield Case("UUIDv7 time bits of 2022-02-22T19:22:22Z", "017f22e2-79b0-7", str(example)[:15], "RFC 9562, A.6")
    yield Case("UUIDv7 variant", "10", f"{example.int >> 62 & 0b11:02b}", "RFC 9562, 4.1")


def _packets() -> Iterator[Case]:
    """Remaining lengths at the edges of one to four bytes, of packets that are written and read back."""
    table = {127: "7f", 128: "8001", 16_383: "ff7f", 16_384: "808001", 2_097_151: "ffff7f", 2_097_152: "80808001"}
    for length, expected in table.items():
        packet = encode_publish("a", bytes(length - 3))
        yield Case(
            f"MQTT remaining length of {length}",
            expected,
            packet[1 : 1 + len(expected) // 2].hex(),
            "MQTT 3.1.1, table 2.4",
        )


def _opcua() -> Iterator[Case]:
    names = {0x0000_0000: "Good", 0x8031_0000: "BadNoCommunication", 0x4090_0000: "UncertainLastUsableValue"}
    for code, name in names.items():
        yield Case(f"OPC UA status code 0x{code:08X}", name, quality_name(code), "OPC 10000-4 and 10000-6, A.2")
    for unit, number in {"MTR": 5_067_858, "CEL": 4_408_652, "BAR": 4_342_098}.items():
        yield Case(f"OPC UA unit id of UNECE {unit}", str(number), str(unit_to_opcua(unit)), "OPC 10000-8, 5.6.4.3")


def _sparkplug() -> Iterator[Case]:
    numbers = {
        "INT8": 1,
        "INT64": 4,
        "UINT64": 8,
        "FLOAT": 9,
        "DOUBLE": 10,
        "BOOLEAN": 11,
        "STRING": 12,
        "DATETIME": 13,
    }
    for name, number in numbers.items():
        ours = DataType[name].value
        yield Case(f"Sparkplug B datatype {name}", str(number), str(ours), "Sparkplug 3.0.0, 6.4.16")


# AIAG MSA, 4th edition, table III.B 1 (the study that its figures III.B 12 to 16 work out): three trials of ten parts
# by each of three appraisers.
_AIAG = (
    ("0.29 -0.56 1.34 0.47 -0.80 0.02 0.59 -0.31 2.26 -1.36",
     "0.41 -0.68 1.17 0.50 -0.92 -0.11 0.75 -0.20 1.99 -1.25",
     "0.64 -0.58 1.27 0.64 -0.84 -0.21 0.66 -0.17 2.01 -1.31"),
    ("0.08 -0.47 1.19 0.01 -0.56 -0.20 0.47 -0.63 1.80 -1.68",
     "0.25 -1.22 0.94 1.03 -1.20 0.22 0.55 0.08 2.12 -1.62",
     "0.07 -0.68 1.34 0.20 -1.28 0.06 0.83 -0.34 2.19 -1.50"),
    ("0.04 -1.38 0.88 0.14 -1.46 -0.29 0.02 -0.46 1.77 -1.49",
     "-0.11 -1.13 1.09 0.20 -1.07 -0.67 0.01 -0.56 1.45 -1.77",
     "-0.15 -0.96 0.67 0.11 -1.45 -0.49 0.21 -0.49 1.87 -2.16"),
)  # fmt: skip


def _figures() -> Iterator[Case]:
    oee = oee_index(0.8881, 0.8611, 0.9780)
    source = "ISO 22400-2:2014, OEE index = availability × effectiveness × quality ratio; a widely printed example"
    yield Case("OEE of 88.81 % × 86.11 % × 97.80 %", "74.79 %", f"{100 * oee:.2f} %", source)
    study = [
        [list(part) for part in zip(*([float(x) for x in trial.split()] for trial in appraiser), strict=True)]
        for appraiser in _AIAG
    ]
    found = gauge_rr(study)
    source = "AIAG MSA, 4th edition, III.B, average and range method"
    for name, expected, ours in (
        ("equipment variation EV", "0.2019", f"{found.ev:.4f}"),
        ("appraiser variation AV", "0.2297", f"{found.av:.4f}"),
        ("% GRR", "26.68", f"{found.grr_percent:.2f}"),
        ("distinct categories ndc", "5.09", f"{found.ndc:.2f}"),
    ):
        yield Case(f"Gauge R&R: {name}", expected, ours, source)
    source = "ISO 2859-1, code letter K, AQL 1.0: n = 125, Ac = 3; binomial (the Poisson form gives .9617)"
    yield Case("ISO 2859-1: lots accepted at 1 %", ".9626", f"{accepted_share(125, 3, 0.01):.4f}"[1:], source)


def _charts() -> Iterator[Case]:
    source = "ASTM MNL 7, table 49; ISO 7870-2, table 2"
    a2, d4 = 3 / (d2(5) * math.sqrt(5)), 1 + 3 * d3(5) / d2(5)
    b4 = 1 + 3 * math.sqrt(1 - c4(10) ** 2) / c4(10)
    for name, expected, ours in (("A2 of 5", "0.577", a2), ("D4 of 5", "2.114", d4), ("B4 of 10", "1.716", b4)):
        yield Case(f"Control chart constant {name}", expected, f"{ours:.3f}", source)
    examples = {
        1: [3.5],
        2: [0.5] * 9,
        3: [-1.5, -1.0, -0.5, 0.2, 0.6, 1.0],
        4: [0.5, -0.5] * 7,
        5: [2.5, 0.5, 2.2],
        6: [1.5, 1.2, 0.3, 1.8, 1.1],
        7: [0.5, -0.5, 0.2] * 5,
        8: [1.5, -1.5] * 4,
    }
    source = "L. S. Nelson, The Shewhart Control Chart: Tests for Special Causes, JQT 16 (4), 1984"
    for rule, pattern in examples.items():
        whole = bool(nelson_rules(np.array(pattern))[rule - 1][-1])
        short = len(pattern) > 1 and bool(nelson_rules(np.array(pattern[:-1]))[rule - 1].any())
        yield Case(f"Nelson rule {rule}: its pattern, and one point less", "broken, kept",
                   f"{'broken' if whole else 'kept'}, {'broken' if short else 'kept'}", source)  # fmt: skip


def _simulation() -> Iterator[Case]:
    """Ours agrees where the 95 % interval has the exact value and is at most 0.1 % of it to each side."""
    for reference in references():
        ours = reference.simulate()
        agrees = ours.has(reference.exact) and ours.half_width <= 0.001 * reference.exact
        yield Case(reference.name, f"{reference.exact:.6g}", str(ours), reference.source, agrees)

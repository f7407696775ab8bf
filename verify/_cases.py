"""The published reference numbers, each with its source and with ours computed by the product's own code."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from xushi.connectors._mqtt_codec import encode_publish
from xushi.connectors.sparkplug import DataType
from xushi.kernel import new_id
from xushi.signals import quality_name, unit_to_opcua
from xushi.trust import EMPTY_ROOT, MerkleTree, leaf_hash

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


def cases() -> Iterator[Case]:
    """Yield every reference number the product is held to."""
    yield from _trees()
    yield from _identifiers()
    yield from _packets()
    yield from _opcua()
    yield from _sparkplug()


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

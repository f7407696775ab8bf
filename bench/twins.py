"""Measures parsing and writing of a 500-element submodel against aas-core3.1 and the BaSyx Python SDK."""

from __future__ import annotations

import io
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import aas_core3_1.jsonization as core_json
import aas_core3_1.xmlization as core_xml
from basyx.aas.adapter.json import read_aas_json_file, write_aas_json_file
from basyx.aas.adapter.xml import read_aas_xml_file, write_aas_xml_file

from xushi.twins import (
    Environment,
    LangString,
    Property,
    Qualifier,
    Submodel,
    external_reference,
    from_json,
    read_file,
    to_json,
    to_xml,
)

ELEMENTS = 500
ROUNDS = 7


def environment() -> Environment:
    """Return a submodel of 500 properties, each with two texts, a semantic id and a qualifier."""
    elements = tuple(
        Property(
            id_short=f"Value{number}",
            display_name=(LangString(language="en", text=f"Value {number}"),),
            description=(LangString(language="en", text=f"The measured value number {number} of the station"),),
            semantic_id=external_reference(f"https://example.com/semantics/value/{number}/1/0"),
            qualifiers=(Qualifier(kind="ConceptQualifier", type="Unit", value_type="xs:string", value="mm"),),
            value_type="xs:double",
            value=f"{number}.25",
        )
        for number in range(ELEMENTS)
    )
    submodel = Submodel(id="urn:xushi:bench", id_short="Bench", submodel_elements=elements)
    return Environment(submodels=(submodel,))


def interleaved(actions: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the median CPU seconds of each action; they take turns, so that all meet the same load."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for action in actions.values():
        action()
    for _ in range(ROUNDS):
        for name, action in actions.items():
            repeats = 20 if name == "xushi" else 1
            start = time.process_time()
            for _ in range(repeats):
                action()
            taken[name].append((time.process_time() - start) / repeats)
    return {name: statistics.median(values) for name, values in taken.items()}


def _json_cases() -> Iterator[tuple[str, dict[str, Callable[[], Any]]]]:
    ours = environment()
    data = to_json(ours)
    text = data.decode()
    core = core_json.environment_from_jsonable(json.loads(data))
    basyx = read_aas_json_file(io.StringIO(text))
    yield (
        "parse JSON",
        {
            "xushi": lambda: from_json(data),
            "xushi, checked": lambda: read_file(data, "bench.json"),
            "aas-core3.1": lambda: core_json.environment_from_jsonable(json.loads(data)),
            "basyx": lambda: read_aas_json_file(io.StringIO(text)),
        },
    )
    yield (
        "write JSON",
        {
            "xushi": lambda: to_json(ours),
            "aas-core3.1": lambda: json.dumps(core_json.to_jsonable(core)),
            "basyx": lambda: write_aas_json_file(io.StringIO(), basyx),
        },
    )


def _xml_cases() -> Iterator[tuple[str, dict[str, Callable[[], Any]]]]:
    ours = environment()
    data = to_xml(ours)
    text = data.decode()
    core = core_xml.environment_from_str(text)
    basyx = read_aas_xml_file(io.BytesIO(data))
    if len(list(basyx)) != 1:
        raise RuntimeError("BaSyx did not read the document: its figures would be those of an empty one")
    yield (
        "parse XML",
        {
            "xushi": lambda: read_file(data, "bench.xml"),
            "aas-core3.1": lambda: core_xml.environment_from_str(text),
            "basyx": lambda: read_aas_xml_file(io.BytesIO(data)),
        },
    )
    yield (
        "write XML",
        {
            "xushi": lambda: to_xml(ours),
            "aas-core3.1": lambda: core_xml.to_str(core),
            "basyx": lambda: write_aas_xml_file(io.BytesIO(), basyx),
        },
    )


def run() -> Iterator[dict[str, Any]]:
    """Yield one line for each of parse and write, JSON and XML, and each of the two others.

    "Checked" is the importer's way: hidden faults, duplicate identifiers and depth are looked for as well.
    """
    for cases in (_json_cases(), _xml_cases()):
        for name, actions in cases:
            seconds = interleaved(actions)
            ours = [action for action in seconds if action.startswith("xushi")]
            for mine in ours:
                for other in (action for action in seconds if action not in ours):
                    yield {
                        "name": f"twins: {name}{mine.removeprefix('xushi')}, {ELEMENTS} elements, vs {other}",
                        "value": round(seconds[mine] * 1e3, 3),
                        "unit": "ms CPU",
                        "baseline": round(seconds[other] * 1e3, 3),
                        "ratio": round(seconds[other] / seconds[mine], 1),
                    }


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))

"""A connector in a package outside this repository: built and installed by pip, listed with its grade, delivering."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xushi.connectors import connector_cards, links_from_environment, make_connector
from xushi.kernel import SystemClock, read_yaml

sys.path.insert(0, str(Path(__file__).parent))
from outsider_package import installed
from test_links import affordance, environment, interface, mapping, prop


@pytest.fixture
def outsider(tmp_path: Path) -> Iterator[Path]:
    with installed(tmp_path) as site:
        yield site


def test_what_the_outsiders_quality_file_names_as_proof_is_there_and_passes(tmp_path: Path, outsider: Path) -> None:
    quality = read_yaml((outsider / "xushi_lines" / "quality.yaml").read_text("utf-8"))
    proofs = [rule["done"] for rule in quality["rules"].values() if "done" in rule]
    assert proofs
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml", *proofs]
    path = os.pathsep.join([str(outsider), *sys.path])
    done = subprocess.run(
        command, cwd=tmp_path / "lines", env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(proofs)} passed" in done.stdout


async def test_an_outsiders_connector_is_listed_with_its_grade_and_delivers(
    tmp_path, gathered, registry, outsider
) -> None:
    cards = {card.protocol: card for card in connector_cards()}
    assert {"http", "lines", "modbus", "mqtt", "opcua"} <= set(cards)
    card = cards["lines"]
    assert (card.package, card.schemes, card.grade, card.error) == ("xushi-lines 1.0", ("lines",), "bronze", "")

    async def device(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"warm 21.5\n")
        await reader.read()

    server = await asyncio.start_server(device, "127.0.0.1", 0)
    base = f"lines://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    path = ("oven", "InteractionMetadata", "properties", "warm")
    links, diagnoses = links_from_environment(
        environment(
            [interface("oven", base, "text/plain", affordance("warm", "/warm"))],
            [mapping((path, "Warm"))],
            [prop("Warm", "0", "xs:double")],
        ),
        registry,
    )
    assert not diagnoses
    (link,) = links
    connector = make_connector(link.protocol, tmp_path, SystemClock())
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    await gathered.until(lambda: gathered.values(link.points[0].signal) == [21.5])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    server.close()


@pytest.mark.parametrize(
    ("quality", "told"),
    [
        ({"rules": {"reconnects": {"done": " "}}}, "reconnects is claimed without proof"),
        ({"rules": {"reconnects": {"exempt": {"zh-CN": "不需要"}}}}, "reconnects is claimed without proof"),
        ({"rules": {"is-the-best": {"done": "believe me"}}}, "no such rule: is-the-best"),
        ({"rules": {"reconnects": True}}, "quality.yaml"),
    ],
)
def test_a_claim_without_proof_is_told_and_grants_nothing(outsider: Path, quality: Any, told: str) -> None:
    (outsider / "xushi_lines" / "quality.yaml").write_text(json.dumps(quality), "utf-8")
    card = next(card for card in connector_cards() if card.protocol == "lines")
    assert told in card.error
    assert (card.grade, card.rules) == ("none", ())


def test_a_package_that_cannot_be_loaded_takes_no_other_along(outsider: Path) -> None:
    (outsider / "xushi_lines" / "__init__.py").write_text("import nothing_of_that_name", "utf-8")
    cards = {card.protocol: card for card in connector_cards()}
    assert "nothing_of_that_name" in cards["lines"].error
    assert cards["opcua"].error == ""

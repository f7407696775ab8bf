"""The client's types are those of the server."""

from pathlib import Path

from xushi.server.typegen import generate

GENERATED = Path(__file__).parents[2] / "web" / "src" / "protocol" / "generated.ts"


def test_the_generated_types_are_not_stale() -> None:
    assert GENERATED.read_text("utf-8") == generate(), (
        "run: python -m xushi.server.typegen > web/src/protocol/generated.ts"
    )

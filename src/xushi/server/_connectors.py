"""The route that shows which connectors are installed, and how good each one is."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from xushi.connectors import connector_cards
from xushi.server import _messages as m
from xushi.server._doors import Doors
from xushi.server._routes import Call, RouteSpec, answer_json


async def connectors(doors: Doors, call: Call) -> Response:
    """Every connector that is installed, ours and an outsider's alike, with its quality grade."""
    cards = await asyncio.to_thread(connector_cards)
    return answer_json(
        [
            m.ConnectorInfo(
                protocol=card.protocol,
                schemes=list(card.schemes),
                package=card.package,
                grade=card.grade,
                rules=[m.ConnectorRule(one.rule, one.title, one.state, one.reason) for one in card.rules],
                error=card.error,
            )
            for card in cards
        ]
    )


ROUTES = (
    RouteSpec("GET", "/api/connectors", "view", connectors, "Connectors with their quality",
              answer=list[m.ConnectorInfo], tags=("signals",)),
)  # fmt: skip

"""The routes of certificates: what waits, what was decided, and our own one for a server to trust."""

from __future__ import annotations

from starlette.responses import Response

from xushi.connectors import CertificateInfo
from xushi.kernel import Outcome
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import OF_COMMAND, Call, RouteSpec, answer_json


def _card(info: CertificateInfo) -> m.CertificateCard:
    return m.CertificateCard(
        fingerprint=info.fingerprint,
        thumbprint=info.thumbprint,
        subject=info.subject,
        issuer=info.issuer,
        application_uri=info.application_uri,
        valid_from_ms=to_ms(info.valid_from_ns),
        valid_until_ms=to_ms(info.valid_until_ns),
        key=info.key,
    )


async def certificates(doors: Doors, call: Call) -> Response:
    """Our own certificate and every server's: those that wait for a decision first."""
    shelf = doors.platform.certificates
    own = shelf.own()
    return answer_json(
        m.CertificateList(
            own=None if own is None else _card(own),
            servers=[
                m.ServerCertificateInfo(_card(one.info), one.place, to_ms(one.first_seen_ns), one.state)
                for one in shelf.servers()
            ],
        )
    )


async def own(doors: Doors, call: Call) -> Response:
    """Our own certificate in DER form; it is made now where there is none yet."""
    headers = {"Content-Disposition": 'attachment; filename="xushi.der"', "Cache-Control": "no-store"}
    return Response(doors.platform.certificates.own_der(), 200, headers, "application/pkix-cert")


async def _run(doors: Doors, call: Call, command: str, params: dict[str, str]) -> Response:
    outcome: Outcome = await doors.platform.bus.run(command, params, call.actor)
    return answer_json(doors.outcome(outcome, call.language))


async def trust(doors: Doors, call: Call) -> Response:
    """Trust a server's certificate: the command `certificates.trust`."""
    return await _run(doors, call, "certificates.trust", {"fingerprint": call.path("fingerprint")})


async def reject(doors: Doors, call: Call) -> Response:
    """Reject a server's certificate: the command `certificates.reject`."""
    return await _run(doors, call, "certificates.reject", {"fingerprint": call.path("fingerprint")})


async def renew(doors: Doors, call: Call) -> Response:
    """Make a new certificate of our own: the command `certificates.renew`."""
    return await _run(doors, call, "certificates.renew", {})


_TAGS = ("certificates",)
_PARTS = {"fingerprint": {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}}
ROUTES = (
    RouteSpec("GET", "/api/certificates", "view", certificates, "Certificates", answer=m.CertificateList, tags=_TAGS),
    RouteSpec("GET", "/api/certificates/own.der", "view", own, "Our own certificate",
              media_type="application/pkix-cert", tags=_TAGS),
    RouteSpec("POST", "/api/certificates/renew", "admin", renew, "Renew our own certificate", answer=m.OutcomeInfo,
              tags=_TAGS, refusals=OF_COMMAND),
    RouteSpec("POST", "/api/certificates/{fingerprint}/trust", "admin", trust, "Trust a certificate",
              answer=m.OutcomeInfo, tags=_TAGS, parts=_PARTS, refusals=OF_COMMAND),
    RouteSpec("POST", "/api/certificates/{fingerprint}/reject", "admin", reject, "Reject a certificate",
              answer=m.OutcomeInfo, tags=_TAGS, parts=_PARTS, refusals=OF_COMMAND),
)  # fmt: skip

"""Signing in and out, and API tokens."""

from __future__ import annotations

import msgspec
from starlette.responses import RedirectResponse, Response

from xushi.kernel import XushiError
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import Call, RouteSpec, answer_json
from xushi.trust import SESSION_LIFETIME_S, TokenInfo, parse_scopes

COOKIE = "xushi_session"


class SigninQuery(msgspec.Struct, frozen=True):
    """The one-time code of the link."""

    code: str = ""


async def signin(doors: Doors, call: Call) -> Response:
    """Spend the code and open a session; the browser lands on the page without the code in its address."""
    doors.failures.check()
    try:
        credential, _ = doors.platform.gate.redeem_code(call.query.code)
    except XushiError:
        doors.failures.note()
        raise
    response = RedirectResponse("/", status_code=303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        COOKIE, credential, max_age=SESSION_LIFETIME_S, path="/", httponly=True, samesite="strict",
        secure=doors.base_url.startswith("https"),
    )  # fmt: skip
    return response


async def signout(doors: Doors, call: Call) -> Response:
    """End the session."""
    credential = call.request.cookies.get(COOKIE)
    if credential:
        doors.platform.gate.sign_out(credential)
        doors.fanout.end_session(credential.partition(".")[0])
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/")
    return response


async def me(doors: Doors, call: Call) -> Response:
    """Who is signed in."""
    return answer_json(m.Me(call.actor.id, call.actor.name, sorted(call.actor.scopes)))


async def make_token(doors: Doors, call: Call) -> Response:
    """Make an API token; its secret is in this answer and nowhere else."""
    wanted: m.NewToken = call.body
    scopes = parse_scopes(wanted.scopes)
    beyond = sorted(scopes - call.actor.scopes)
    if beyond:
        raise XushiError("server.forbidden", actor=call.actor.name, what="POST /api/tokens", right=", ".join(beyond))
    if not wanted.name.strip():
        raise XushiError("server.token_invalid")
    credential, info = doors.platform.gate.make_token(wanted.name.strip(), scopes, int(wanted.days * 86_400))
    return answer_json(m.MadeToken(credential, _summary(info)), status=201)


async def list_tokens(doors: Doors, call: Call) -> Response:
    """All API tokens, without their secrets."""
    return answer_json([_summary(info) for info in doors.platform.gate.tokens()])


async def revoke_token(doors: Doors, call: Call) -> Response:
    """End a token at once."""
    doors.platform.gate.revoke("token", call.path("token_id"))
    doors.fanout.end_session(call.path("token_id"))
    return Response(status_code=204)


async def signin_link(doors: Doors, call: Call) -> Response:
    """A fresh one-time sign-in link."""
    return answer_json(m.SigninLink(f"{doors.base_url}/signin?code={doors.platform.gate.issue_code()}"), status=201)


def _summary(info: TokenInfo) -> m.TokenSummary:
    return m.TokenSummary(info.id, info.name, info.scopes, to_ms(info.made_ns), to_ms(info.expires_ns))


ROUTES = (
    RouteSpec("GET", "/signin", None, signin, "Sign in by a one-time link", SigninQuery, media_type="text/html",
              status=303, tags=("access",), refusals=(401, 429)),
    RouteSpec("POST", "/api/signout", "view", signout, "Sign out", status=204, tags=("access",)),
    RouteSpec("GET", "/api/me", "view", me, "Who is signed in", answer=m.Me, tags=("access",)),
    RouteSpec("GET", "/api/tokens", "admin", list_tokens, "List API tokens", answer=list[m.TokenSummary],
              tags=("access",)),
    RouteSpec("POST", "/api/tokens", "admin", make_token, "Make an API token", body=m.NewToken, answer=m.MadeToken,
              status=201, tags=("access",), refusals=(404, 422)),
    RouteSpec("DELETE", "/api/tokens/{token_id}", "admin", revoke_token, "End an API token", status=204,
              tags=("access",)),
    RouteSpec("POST", "/api/signin-links", "admin", signin_link, "Make a one-time sign-in link", answer=m.SigninLink,
              status=201, tags=("access",)),
)  # fmt: skip

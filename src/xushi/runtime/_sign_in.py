"""How a connection signs in: mode, policy and user name as a record; passwords in a file that nothing else holds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, Record, diff_key

_Text = Annotated[str, msgspec.Meta(max_length=500)]
_Secret = Annotated[str, msgspec.Meta(max_length=4_096, extra_json_schema={"writeOnly": True, "format": "password"})]
_OPEN_WORDS = ("mode", "policy", "user_token", "username")


class SignInParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to sign in over a connection; an empty text leaves it to what the shell describes.

    Attributes:
        mode, policy: message security of OPC UA.
        user_token: `UserName` or `Certificate` for OPC UA.
        password: goes with the user name; kept apart from the records and never shown again.
        token: bearer token or API key for HTTP; kept in the same way.
    """

    link: Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
    mode: Literal["", "None", "Sign", "SignAndEncrypt"] = ""
    policy: Literal["", "None", "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"] = ""
    user_token: Literal["", "UserName", "Certificate"] = ""
    username: _Text = ""
    password: _Secret = ""
    token: _Secret = ""


class SecretFile:
    """The passwords and tokens of connections, in a file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, link: str) -> dict[str, str]:
        """Return the secrets of a connection; empty where it has none."""
        return self._all().get(link, {})

    def put(self, link: str, secrets: dict[str, str]) -> None:
        """Replace the secrets of a connection; empty ones are forgotten."""
        every = self._all()
        every[link] = {name: value for name, value in secrets.items() if value}
        if not every[link]:
            del every[link]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(every))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def _all(self) -> dict[str, dict[str, str]]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, dict[str, str]])
        except FileNotFoundError:
            return {}


@dataclass(frozen=True)
class KeepSecrets:
    """The keeping of the secrets; what is described and confirmed does not hold them."""

    secrets: SecretFile
    link: str
    values: dict[str, str]

    def describe(self) -> dict[str, Any]:
        return {"kind": "secrets", "link": self.link, "given": sorted(name for name, v in self.values.items() if v)}

    async def apply(self) -> dict[str, Any]:
        self.secrets.put(self.link, self.values)
        return self.describe()


def sign_in_commands() -> list[Command]:
    """The commands of this room."""
    return [
        Command(
            name="link.sign_in",
            params=SignInParams,
            right="admin",
            title={"en": "Set the sign-in of a connection", "zh-CN": "设置连接的登录方式"},
            summary={
                "en": "Sets security mode, user name and password of a connection.",
                "zh-CN": "设置连接的安全模式、用户名和密码。",
            },
            prepare=_prepare,
            is_undoable=False,
        )
    ]


def _prepare(context: CommandContext, params: SignInParams) -> Change:
    context.services["links"].require(params.link)
    before = context.store.get("link", params.link)
    words = {name: getattr(params, name) for name in _OPEN_WORDS if getattr(params, name)}
    after: Record = {**(before or {"endpoint": None, "enabled": True}), "security": words}
    after["signed_in_ns"] = context.clock.now_ns()  # a new password alone must start the connection anew too
    key = diff_key("link", params.link)
    diff = Diff(added={key: after}) if before is None else Diff(updated={key: (before, after)})
    keep = KeepSecrets(context.services["secrets"], params.link, {"password": params.password, "token": params.token})
    return Change(diff=diff, effects=(keep,), summary={"link": params.link, **words})

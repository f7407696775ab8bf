"""A small REST client: JSON in and out, files up, errors of the server as errors of ours."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import selectors
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from ..kernel import ErrorText, XushiError, plain_reason

_TIMEOUT_S = 60.0
_LONGEST_S = 1_800.0
_PIECE_BYTES = 1 << 20
LOCAL_ACCESS = "local-access.json"


class LocalAccess(msgspec.Struct, frozen=True):
    """Address and token that a running server leaves in its data folder, readable by its user alone."""

    url: str
    token: str
    pid: int


def local_access(folder: Path) -> LocalAccess | None:
    """Return how to reach the server that has `folder` open; None where none has."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        return None
    finally:
        os.close(handle)
    try:
        return msgspec.json.decode((folder / LOCAL_ACCESS).read_bytes(), type=LocalAccess)
    except (OSError, msgspec.MsgspecError):
        return None


class RemoteError(XushiError):
    """An error the server told, in the words it chose for our language.

    Attributes:
        status: HTTP status.
        body: the error as it came; a whole JSON-RPC answer where the server speaks that.
    """

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body.get("code", "remote.failed")), status=status)
        self.status = status
        self.body = body
        self._text = ErrorText(
            what=str(body.get("what", "")), why=str(body.get("why", "")), next=str(body.get("next", ""))
        )

    def text(self, language: str = "en") -> ErrorText:
        """Return the server's text: it was asked for in our language already."""
        return self._text


class Remote:
    """One server, reached with one token. Each request is a connection of its own: no state to lose.

    Attributes:
        patience_s: after so long without an answer the server is asked whether it is still there, and so on.
    """

    def __init__(self, url: str, token: str, language: str = "en") -> None:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.token = token
        self.language = language
        self.patience_s = _TIMEOUT_S
        self._parts = parts

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON answer of a GET."""
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """Return the JSON answer of a POST."""
        return self.request("POST", path, body=body, query=query)

    def request(self, method: str, path: str, *, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        """Send JSON and return the JSON answer, None where the answer is empty.

        Raises:
            RemoteError: what the server refused with; XushiError `remote.unreachable` where none answers.
        """
        content = None if body is None else json.dumps(body).encode()
        headers = {} if content is None else {"Content-Type": "application/json"}
        answer = self.raw(method, path, content, headers, query)
        return json.loads(answer) if answer else None

    def run(self, command: str, params: dict[str, Any], *, dry_run: bool = False, reason: str = "") -> dict[str, Any]:
        """Run a command and return its outcome."""
        body = {"params": params, "dry_run": dry_run, "reason": reason}
        outcome: dict[str, Any] = self.post(f"/api/commands/{quote(command, safe='')}", body)
        return outcome

    def undo(self, command_id: str) -> dict[str, Any]:
        """Take a command back and return the outcome."""
        outcome: dict[str, Any] = self.post(f"/api/commands/{quote(command_id, safe='')}/undo")
        return outcome

    def import_files(self, paths: Sequence[Path], *, dry_run: bool = False) -> dict[str, Any]:
        """Upload files, import all or none of them, and return the outcome.

        Raises:
            XushiError: `remote.file_unreadable`, or what the server refuses with.
        """
        boundary = secrets.token_hex(16)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        pieces = [_part_head(path, boundary) for path in paths]
        try:
            size = sum(len(head) + path.stat().st_size + 2 for head, path in zip(pieces, paths, strict=True))
        except OSError as error:
            raise XushiError("remote.file_unreadable", path=str(error.filename), reason=error.strerror) from error
        end = f"--{boundary}--\r\n".encode()
        headers["Content-Length"] = str(size + len(end))
        content = _multipart(pieces, paths, end)
        query = {"wait": "true", "dry_run": "true" if dry_run else "false"}
        outcome: dict[str, Any] = json.loads(self.raw("POST", "/api/import", content, headers, query))
        return outcome

    def raw(
        self,
        method: str,
        path: str,
        content: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
    ) -> bytes:
        """Send bytes and return the bytes of the answer; raises as `request` does."""
        target = path + (f"?{urlencode(query)}" if query else "")
        sent = {**self._head(), **(headers or {})}
        connection = self._connection()
        try:
            connection.request(method, target, content, sent)
            answer = self._answer(connection)
            body = answer.read()
        except (OSError, HTTPException) as error:
            raise XushiError("remote.unreachable", url=self.url, reason=plain_reason(self.url, error)) from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise RemoteError(answer.status, _error_of(answer, body))
        return body

    def download(self, path: str, target: Path) -> int:
        """Write the bytes of a GET to a file, which appears whole or not at all; return how many.

        Raises:
            XushiError: `remote.file_unwritable`, or as `request` does.
        """
        draft = target.with_name(f".{target.name}.draft")
        connection = self._connection()
        try:
            connection.request("GET", path, None, self._head())
            answer = self._answer(connection)
            if answer.status >= 400:
                raise RemoteError(answer.status, _error_of(answer, answer.read()))
            with draft.open("wb") as file:
                size = 0
                while piece := answer.read(_PIECE_BYTES):
                    size += file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if answer.length:
                raise XushiError("remote.unreachable", url=self.url, reason="the answer ended early")
            draft.replace(target)
            return size
        except HTTPException as error:
            raise XushiError("remote.unreachable", url=self.url, reason=plain_reason(self.url, error)) from error
        except OSError as error:
            raise XushiError("remote.file_unwritable", path=str(target), reason=error.strerror or str(error)) from error
        finally:
            connection.close()
            draft.unlink(missing_ok=True)

    def upload(self, path: str, source: Path, query: dict[str, Any]) -> Any:
        """Send a file as the body of a POST and return the JSON answer.

        Raises:
            XushiError: `remote.file_unreadable`, or as `request` does.
        """
        try:
            size = source.stat().st_size
            with source.open("rb") as file:
                pieces = iter(lambda: file.read(_PIECE_BYTES), b"")
                headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
                return json.loads(self.raw("POST", path, pieces, headers, query))
        except OSError as error:
            raise XushiError("remote.file_unreadable", path=str(source), reason=error.strerror or str(error)) from error

    def _answer(self, connection: HTTPConnection) -> HTTPResponse:
        """Wait for an answer as long as the server is at work: a sheet of 100,000 lines has no fixed time."""
        waited_s = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(connection.sock, selectors.EVENT_READ)
            while not selector.select(self.patience_s):
                waited_s += self.patience_s
                if waited_s >= _LONGEST_S or not self._is_alive():
                    raise TimeoutError(f"no answer within {waited_s:.0f} s")
        return connection.getresponse()

    def _is_alive(self) -> bool:
        """Whether the server answers a small question."""
        connection = self._connection()
        try:
            connection.request("GET", "/api/status", None, self._head())
            return connection.getresponse().status < 500
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _head(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}

    def _connection(self) -> HTTPConnection:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        return kind(self._parts.hostname or "127.0.0.1", self._parts.port, timeout=_TIMEOUT_S)


def _error_of(answer: HTTPResponse, body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
        error: dict[str, Any] = document if "jsonrpc" in document else document["error"]
    except (ValueError, KeyError, TypeError):
        return {"code": "remote.failed", "what": f"HTTP {answer.status} {answer.reason}"}
    return error


def _part_head(path: Path, boundary: str) -> bytes:
    name = path.name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()


def _multipart(heads: Sequence[bytes], paths: Sequence[Path], end: bytes) -> Iterator[bytes]:
    for head, path in zip(heads, paths, strict=True):
        yield head
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece
        yield b"\r\n"
    yield end

"""The verbs that keep a plant safe: backup, restore, rollback; and verify, which checks a report without any server."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from xushi.cli._interrupt import cancelling, sending
from xushi.cli._options import never_with, only_with
from xushi.cli._verbs import DEFAULT_DATA, reachable, where
from xushi.kernel import SystemClock, XushiError
from xushi.remote import Remote, Verb

_TEXTS: dict[str, tuple[str, str]] = {
    "unlocked": ("a backup without encrypted secrets", "不含加密机密的备份"),
    "file": ("the backup file", "备份文件"),
    "out": ("file to write, e.g. plant.xushi-backup", "要写入的文件，例如 plant.xushi-backup"),
    "data": ("data folder (default: ./xushi-data)", "数据目录（默认：./xushi-data）"),
    "secrets": ("put keys, certificates and passwords in as well", "同时包含密钥、证书和密码"),
    "passphrase-file": ("file with the passphrase for the secrets; else XUSHI_PASSPHRASE, else you are asked",
                        "包含口令的文件；否则使用 XUSHI_PASSPHRASE，再否则会提示输入"),
    "json": ("print one JSON object", "输出一个 JSON 对象"),
    "ask": ("Passphrase: ", "口令："),
    "written": ("{path}  {bytes} bytes, {files} files", "{path}  {bytes} 字节，{files} 个文件"),
    "restored": ("Restored into {folder}.", "已恢复到 {folder}。"),
    "kept": ("The former folder is kept at {kept}.", "原目录保留在 {kept}。"),
    "rolled": ("Back at the snapshot {snapshot}.", "已回到快照 {snapshot}。"),
    "older": ("It is of version {program}: start that version, since this one would upgrade it again.",
              "其版本为 {program}：请启动该版本，当前版本会再次升级。"),
    "report": ("the reports to check: PDF or XLSX", "要验证的报告：PDF 或 XLSX"),
    "seal": ("its seal (default: the .seal.json beside it)", "其签章文件（默认：同目录下的 .seal.json）"),
    "key": ("fingerprint of the key that must have signed", "必须由该指纹的密钥签名"),
    "genuine": ("{file}: genuine", "{file}：真实有效"),
    "about": ("report {id}", "报告 {id}"),
    "entry": ("evidence entry {entry}, Merkle root {root}", "证据条目 {entry}，默克尔根 {root}"),
    "signed": ("signed by key {key}", "签名密钥 {key}"),
    "compare": ("Compare this fingerprint with the one that the platform shows under Reports.",
                "请将此指纹与平台“报告”页显示的指纹比对。"),
}  # fmt: skip


def _word(name: str, language: str, **gaps: object) -> str:
    return _TEXTS[name][1 if language == "zh-CN" else 0].format(**gaps)


def _passphrase(options: argparse.Namespace, *, is_asked: bool) -> str:
    """The passphrase from a file, the environment, or the person at the terminal; empty where none is given."""
    if options.passphrase_file is not None:
        try:
            return str(options.passphrase_file.read_text("utf-8")).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise XushiError(
                "cli.passphrase_unreadable", path=str(options.passphrase_file), reason=str(error)
            ) from error
    if "XUSHI_PASSPHRASE" in os.environ:
        return os.environ["XUSHI_PASSPHRASE"]
    return getpass.getpass(_word("ask", options.lang)) if is_asked and sys.stdin.isatty() else ""


def _tell(options: argparse.Namespace, value: dict[str, Any], lines: list[str]) -> int:
    print(json.dumps(value, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0


# ---- backup
def _backup_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("out", type=Path, metavar="FILE", help=_word("out", language))
    parser.add_argument("--secrets", action="store_true", help=_word("secrets", language))
    parser.add_argument("--passphrase-file", type=Path, help=_word("passphrase-file", language))
    where(parser, language)


def _backup(options: argparse.Namespace) -> int:
    from xushi.runtime import Platform, make_backup

    only_with("--secrets", options.secrets, {"--passphrase-file": options.passphrase_file})
    passphrase = _passphrase(options, is_asked=options.secrets)
    remote = reachable(options)
    if remote is not None:
        job = _result(options, remote, "backup.make", {"secrets": options.secrets, "passphrase": passphrase})
        size = remote.download(f"/api/backups/{job['backup']}", options.out)
        remote.run("backup.remove", {"name": job["backup"]})
        value = {"path": str(options.out), "bytes": size, "files": job["files"]}
    else:
        if not (options.data / "records.sqlite").exists():
            raise XushiError("cli.no_data", folder=str(options.data))
        with Platform.open(options.data) as platform:
            manifest = make_backup(
                platform, options.out, has_secrets=options.secrets, passphrase=passphrase, tell=_progress(options)
            )  # fmt: skip
        value = {"path": str(options.out), "bytes": options.out.stat().st_size, "files": len(manifest.files)}
    os.chmod(options.out, 0o600)
    return _tell(options, value, [_word("written", options.lang, **value)])


def _result(options: argparse.Namespace, remote: Remote, command: str, params: dict[str, Any]) -> dict[str, Any]:
    """Run a command that starts a job, wait for that, and return its result; interrupting it cancels it."""
    with sending(options.lang):
        job_id = remote.run(command, params)["effects"][0]["job"]
    with cancelling(remote, job_id):
        while True:
            job = remote.get(f"/api/jobs/{job_id}")
            if job["state"] == "done":
                result: dict[str, Any] = job["result"]
                return result
            if job["state"] != "running":
                error = job["error"] or {"code": "cli.job_ended", "what": job["state"], "why": "", "next": ""}
                raise XushiError("cli.job_ended", what=error["what"], why=error["why"], next=error["next"])
            time.sleep(0.1)


def _progress(options: argparse.Namespace) -> Any:
    def told(share: float, name: str) -> None:
        if not options.json and sys.stderr.isatty():
            print(f"\r{share:4.0%} {name[:60]:<60}", end="" if share < 1 else "\n", file=sys.stderr)

    return told


# ---- restore and rollback
def _restore_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=_word("file", language))
    parser.add_argument("--passphrase-file", type=Path, help=_word("passphrase-file", language))
    where(parser, language)


def _restore(options: argparse.Namespace) -> int:
    from xushi.backups import SUFFIX, read_manifest
    from xushi.runtime import restore_folder

    manifest = read_manifest(options.file)
    is_open = manifest.lock is None
    never_with(_word("unlocked", options.lang), is_open, {"--passphrase-file": options.passphrase_file})
    passphrase = _passphrase(options, is_asked=not is_open)
    remote = reachable(options)
    if remote is not None:
        name = f"restored-{time.time_ns() // 1_000_000}{SUFFIX}"
        remote.upload("/api/backups", options.file, {"name": name})
        result = _result(options, remote, "backup.restore", {"name": name, "passphrase": passphrase})
        value = {"folder": remote.url, "kept": result["kept"]}
    else:
        kept = restore_folder(
            options.data, options.file, SystemClock(), passphrase=passphrase, actor=getpass.getuser()
        )  # fmt: skip
        value = {"folder": str(options.data), "kept": None if kept is None else str(kept)}
    lines = [_word("restored", options.lang, **value)]
    if value["kept"]:
        lines.append(_word("kept", options.lang, **value))
    return _tell(options, value, lines)


def _rollback_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help=_word("data", language))
    parser.add_argument("--json", action="store_true", help=_word("json", language))


def _rollback(options: argparse.Namespace) -> int:
    from xushi.runtime import roll_back

    snapshot, kept, program = roll_back(options.data, SystemClock())
    value = {"snapshot": str(snapshot), "kept": str(kept), "program": program}
    lines = [_word(name, options.lang, **value) for name in ("rolled", "kept", "older")]
    return _tell(options, value, lines)


# ---- verify
def _verify_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=_word("report", language))
    parser.add_argument("--seal", type=Path, help=_word("seal", language))
    parser.add_argument("--key", default="", metavar="FINGERPRINT", help=_word("key", language))
    parser.add_argument("--json", action="store_true", help=_word("json", language))


def _verify(options: argparse.Namespace) -> int:
    compare = [] if options.key else [_word("compare", options.lang)]
    if len(options.files) == 1:
        value, lines = _judged(options, options.files[0])
        return _tell(options, value, [*lines, *compare])
    found, told, status = [], [], 0
    for file in options.files:
        try:
            value, lines = _judged(options, file)
        except XushiError as error:
            text, status = error.text(options.lang), 1
            value, lines = {"file": str(file), "error": error.to_dict(options.lang)}, [text.what, text.why, text.next]
        found.append(value)
        told += lines
    _tell(options, {"files": found}, [*told, *compare])
    return status


def _judged(options: argparse.Namespace, file: Path) -> tuple[dict[str, Any], list[str]]:
    """What the check of one file says, as data and as lines."""
    import msgspec

    from xushi.reports import check_seal, find_seal, said

    try:
        content = file.read_bytes()
    except OSError as error:
        raise XushiError("cli.file_missing", path=str(file), reason=error.strerror or str(error)) from error
    verdict = check_seal(find_seal(file, options.seal), content, str(file), options.key)
    report = verdict.report
    return msgspec.to_builtins(verdict), [
        _word("genuine", options.lang, file=verdict.file),
        f"  SHA-256 {verdict.sha256}",
        f"  {said(report.get('title', {}), options.lang)}  {_word('about', options.lang, id=report.get('id', ''))}",
        f"  {_word('entry', options.lang, entry=verdict.entry, root=verdict.root)}",
        f"  {_word('signed', options.lang, key=verdict.key)}",
    ]


BACKUP = Verb({"en": "write everything to one file", "zh-CN": "将全部数据写入一个文件"}, _backup_arguments, _backup)
RESTORE = Verb({"en": "go back to a backup", "zh-CN": "恢复到备份"}, _restore_arguments, _restore)
ROLLBACK = Verb(
    {"en": "go back to the snapshot before the last upgrade", "zh-CN": "回到上次升级前的快照"},
    _rollback_arguments,
    _rollback,
)
VERIFY = Verb(
    {"en": "check reports by their seals, offline", "zh-CN": "离线验证报告及其签章"}, _verify_arguments, _verify
)

"""The short texts of the verbs' options and answers, in both languages."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "command": ("name of the command, e.g. scene.move", "命令名称，例如 scene.move"),
    "command-id": ("the command to take back; the last one when left out", "要撤销的命令；省略时为最近一个"),
    "command-rest": ("the command's own options; --help lists them", "命令自身的选项；--help 查看"),
    "propose": ("let it wait for a person to confirm", "等待人员确认"),
    "port": ("port of the server (default: 8600)", "服务器端口（默认：8600）"),
    "shell": ("bash, zsh or fish", "bash、zsh 或 fish"),
    "concept_descriptions": ("concept descriptions", "概念描述"),
    "data": ("data folder (default: ./xushi-data)", "数据目录（默认：./xushi-data）"),
    "days": ("days until it expires (default: 90)", "有效天数（默认：90）"),
    "dry-run": ("only show what would happen", "仅显示将要发生的更改"),
    "elements": ("elements", "元素"),
    "files": ("files", "文件"),
    "json": ("print one JSON object", "输出一个 JSON 对象"),
    "minutes": ("how many minutes back from the end (default: 60)", "从结束时间往前的分钟数（默认：60）"),
    "opened": ("Opened.", "已打开。"),
    "out": ("file to write: .csv, .parquet, .xlsx for history, .json for the twins",
            "输出文件：历史数据用 .csv、.parquet、.xlsx，孪生体用 .json"),
    "params": ("parameters as JSON; - reads them from standard input", "JSON 格式的参数；- 表示从标准输入读取"),
    "places": ("places", "场景对象"),
    "reason": ("why, for the evidence", "原因，写入证据"),
    "scope": ("what the token may do; may be repeated (default: view)", "令牌的权限；可重复（默认：view）"),
    "server": ("address of a server, instead of the one on the data folder", "服务器地址，代替数据目录上运行的服务器"),
    "shells": ("shells", "管理壳"),
    "signal": ("signal by key, path or number; repeatable; all when left out", "信号的键、路径或编号；省略时为全部"),
    "signals": ("signals", "信号"),
    "submodels": ("submodels", "子模型"),
    "timeline": ("timeline (default: live)", "时间线（默认：live）"),
    "token": ("API token for --server", "用于 --server 的 API 令牌"),
    "token-name": ("what the token is for", "令牌的用途"),
    "viewers": ("viewers", "观看者"),
    "would": ("Would open:", "将打开："),
}  # fmt: skip


def words(name: str, language: str) -> str:
    """Return a text in a language of the product."""
    return _WORDS[name][1 if language == "zh-CN" else 0]

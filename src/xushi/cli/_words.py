"""The short texts of the verbs' options and answers, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    "actions": ("actions", "动作"),
    "actions-word": ("Actions", "动作"),
    "address": ("Address", "地址"),
    "answers": ("Answers:", "应答方："),
    "below": ("only what is below this node; repeatable", "仅此节点之下的内容；可重复"),
    "changed": ("changed", "更改"),
    "column": ("Column", "列"),
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
    "endpoint": ("address, e.g. opc.tcp://10.0.0.5:4840; the known protocols when left out",
                 "地址，例如 opc.tcp://10.0.0.5:4840；省略时列出支持的协议"),
    "faults": ("faults; nothing was taken over", "处错误；未作任何更改"),
    "files": ("files", "文件"),
    "json": ("print one JSON object", "输出一个 JSON 对象"),
    "import-ask": ("Import now? [y/N] ", "现在导入吗？[y/N] "),
    "imported": ("Imported. Take it back with:", "已导入。撤销命令："),
    "kind": ("Kind", "类型"),
    "low-high": ("Range", "量程"),
    "machine": ("Machine", "设备"),
    "minutes": ("how many minutes back from the end (default: 60)", "从结束时间往前的分钟数（默认：60）"),
    "more-rows": ("more rows; --sheet writes all of them", "行未显示；--sheet 可写出全部"),
    "new": ("new", "新增"),
    "not-imported": ("Nothing was imported; --yes imports.", "未导入；使用 --yes 导入。"),
    "opened": ("Opened.", "已打开。"),
    "out": ("file to write: .csv, .parquet, .xlsx for history, .json for the twins",
            "输出文件：历史数据用 .csv、.parquet、.xlsx，孪生体用 .json"),
    "params": ("parameters as JSON; - reads them from standard input", "JSON 格式的参数；- 表示从标准输入读取"),
    "places": ("places", "场景对象"),
    "property": ("Property", "属性"),
    "reason": ("why, for the evidence", "原因，写入证据"),
    "removed": ("removed", "移除"),
    "repair": ("Repair", "修复"),
    "row": ("Row", "行"),
    "rows": ("how many signals to show (default: 20)", "显示多少个信号（默认：20）"),
    "same": ("unchanged", "未变"),
    "scope": ("what the token may do; may be repeated (default: view)", "令牌的权限；可重复（默认：view）"),
    "server": ("address of a server, instead of the one on the data folder", "服务器地址，代替数据目录上运行的服务器"),
    "set": ("a setting of the protocol; NAME alone asks for its value, as for a password",
            "协议设置；只写 NAME 时提示输入，例如密码"),
    "sheet": ("write the suggestion to this .xlsx or .csv file", "将建议写入此 .xlsx 或 .csv 文件以便编辑"),
    "sheet-from": ("take this edited .xlsx or .csv file instead of the suggestion",
                   "采用此已编辑的 .xlsx 或 .csv 文件代替建议"),
    "shells": ("shells", "管理壳"),
    "signal": ("signal by key, path or number; repeatable; all when left out", "信号的键、路径或编号；省略时为全部"),
    "signals": ("signals", "信号"),
    "signals-word": ("Signals", "信号"),
    "submodels": ("submodels", "子模型"),
    "timeline": ("timeline (default: live)", "时间线（默认：live）"),
    "token": ("API token for --server", "用于 --server 的 API 令牌"),
    "token-name": ("what the token is for", "令牌的用途"),
    "unit": ("Unit", "单位"),
    "viewers": ("viewers", "观看者"),
    "what": ("What", "问题"),
    "why": ("Why", "原因"),
    "would": ("Would open:", "将打开："),
    "written": ("written", "已写入"),
    "yes": ("import without asking", "不询问直接导入"),
}  # fmt: skip


def words(name: str, language: str) -> str:
    """Return a text in a language of the product."""
    return _WORDS[name][1 if language == "zh-CN" else 0]


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return a text of the server in `language`; in English, or any other, where it is not among them."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")

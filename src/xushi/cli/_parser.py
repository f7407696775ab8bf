"""A command line parser that speaks the reader's language: the frame of its help, and what it does not understand."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import SupportsWrite

# What argparse says in English, and how it is told in Chinese; the groups of a pattern fill the gaps in order.
_ERRORS = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        (r"the following arguments are required: (.+)", "缺少参数：{0}"),
        (r"unrecognized arguments: (.+)", "无法识别的参数：{0}"),
        (r"ambiguous option: (.+) could match (.+)", "选项 {0} 不明确，可能是 {1}"),
        (r"one of the arguments (.+) is required", "须给出以下参数之一：{0}"),
        (r"argument (.+?): not allowed with argument (.+)", "参数 {0} 不能与 {1} 同时使用"),
        (r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)", "参数 {0}：没有 {1}，可选：{2}"),
        (r"argument (.+?): invalid (?:float|int) value: (.+)", "参数 {0}：{1} 不是数字"),
        (r"argument (.+?): invalid \S+ value: (.+)", "参数 {0}：{1} 无效"),
        (r"argument (.+?): expected at least one argument", "参数 {0} 至少需要一个值"),
        (r"argument (.+?): expected one argument", "参数 {0} 需要一个值"),
        (r"argument (.+?): expected (\d+) arguments", "参数 {0} 需要 {1} 个值"),
        (r"argument (.+?): ignored explicit argument (.+)", "参数 {0} 不接受值 {1}"),
        (r"argument (.+?): (.+) is not between (\S+) and (\S+)(?: minutes)?", "参数 {0}：{1} 不在 {2} 至 {3} 之间"),
        (r"argument (.+?): (.+) is not (?:a )?(.+)", "参数 {0}：{1} 不符合 {2}"),
    )
)


class Parser(argparse.ArgumentParser):
    """Fails where the reader of its help is gone, as every other answer does.

    Args:
        language: of the help and the errors, "en" or "zh-CN"; the other arguments are those of ArgumentParser.
    """

    def __init__(self, *, language: str = "en", **options: Any) -> None:
        self._is_chinese = language == "zh-CN"
        if self._is_chinese:
            options.setdefault("formatter_class", _ChineseHelp)
        super().__init__(**options)
        if self._is_chinese:
            self._positionals.title, self._optionals.title = "参数", "选项"
            for action in self._actions:
                if isinstance(action, argparse._HelpAction):
                    action.help = "显示此帮助并退出"

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help; an output that is closed raises."""
        (file or sys.stdout).write(self.format_help())

    def error(self, message: str) -> NoReturn:
        """End with exit status 2, the usage, and what was not understood."""
        if not self._is_chinese:
            super().error(message)
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}：{chinese(message)}\n")


class _ChineseHelp(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


def chinese(message: str) -> str:
    """Return what argparse says of a command line in Chinese; a message that is not known stays as it is."""
    for pattern, told in _ERRORS:
        found = pattern.fullmatch(message)
        if found:
            return told.format(*found.groups())
    return message

"""Writes docs/reference/diagnoses.md: every error and diagnosis of the importer, in both languages.

Run `python tests/twins/diagnoses_page.py` after a change of `src/xushi/twins/messages.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "src" / "xushi" / "twins" / "messages.json"
PAGE = ROOT / "docs" / "reference" / "diagnoses.md"

GROUPS = (
    (
        "Refused: nothing can be opened",
        "拒绝：无法打开任何内容",
        "too_large too_deep too_many_nodes too_many_parts zip_bomb zip_damaged no_spec not_aas empty_file "
        "json_damaged xml_damaged xml_doctype xml_character file_unreadable reserved_path",
    ),
    (
        "The package (AASX)",
        "包（AASX）",
        "wrong_extension external_mode outside_part missing_part missing_origin missing_content_types "
        "spec_searched spec_unreadable part_damaged part_too_dense unsafe_path symlink encrypted_part "
        "duplicate_part zip_rescued missing_file unreferenced_file",
    ),
    ("Upgrades from older versions", "旧版本升级", "upgraded upgrade_"),
    ("Broken rules of the metamodel", "违反元模型规则", "rule_ dangling_submodel"),
    ("The document (JSON or XML)", "文档（JSON 或 XML）", ""),
)


def grouped(codes: list[str]) -> list[tuple[str, str, list[str]]]:
    """Return (English title, Chinese title, codes) of each group; the last takes what is left."""
    left = list(codes)
    found = []
    for english, chinese, wanted in GROUPS:
        names = wanted.split()
        exact = {name for name in names if not name.endswith("_")}
        starts = tuple(name for name in names if name.endswith("_"))
        mine = [
            code
            for code in left
            if not names or code.split(".")[1] in exact or (starts and code.split(".")[1].startswith(starts))
        ]
        left = [code for code in left if code not in mine]
        found.append((english, chinese, mine))
    return found


def render() -> str:
    """Return the page as Markdown."""
    catalogue = json.loads(CATALOGUE.read_text("utf-8"))
    lines = [
        "# Diagnoses of the importer · 导入诊断",
        "",
        "What `xushi open` may say about a file. A file that can be opened at all is opened; what was",
        "repaired, upgraded or odd is listed with its place. Words in braces are filled in.",
        "",
        "`xushi open` 可能给出的诊断。只要能打开的文件都会打开；修复、升级或异常之处会连同位置一并列出。",
        "花括号内的词会替换为实际内容。",
    ]
    for english, chinese, codes in grouped(list(catalogue)):
        lines += ["", f"## {english} · {chinese}"]
        for code in codes:
            lines += ["", f"### `{code}`", ""]
            for language in ("en", "zh-CN"):
                text = catalogue[code][language]
                joined = " ".join if language == "en" else "".join
                lines.append(f"- {joined([text['what'], text['why']])} *{text['next']}*")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), "utf-8")

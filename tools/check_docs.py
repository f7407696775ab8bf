"""Holds the documents true: links and labels exist, both READMEs agree, dependencies and decisions are listed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Return every Markdown file git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.splitlines()]


def dead_links() -> list[str]:
    """Return links to files that are not there."""
    found = []
    for page in pages():
        for target in LINK.findall(page.read_text("utf-8")):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            if not (page.parent / target.partition("#")[0]).exists():
                found.append(f"{page.relative_to(ROOT)}: the link {target} leads nowhere")
    return found


def unlisted_dependencies() -> list[str]:
    """Return dependencies of pyproject.toml and package.json that dependencies.md does not explain."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"]]
    for group in (
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ):
        wanted += group
    names = {re.split(r"[\[<>=! ;]", one)[0] for one in wanted}
    package = json.loads((ROOT / "web/package.json").read_text("utf-8"))
    names |= {*package["dependencies"], *package["devDependencies"]}
    text = (ROOT / "docs/explanations/dependencies.md").read_text("utf-8")
    return [f"dependencies.md does not explain {name}" for name in sorted(names) if f"`{name}`" not in text]


def unlisted_decisions() -> list[str]:
    """Return decision records that the index does not name."""
    folder = ROOT / "docs/explanations/decisions"
    index = (folder / "README.md").read_text("utf-8")
    return [f"decisions/README.md does not list {p.name}" for p in folder.glob("0*.md") if p.name not in index]


def disagreeing_readmes() -> list[str]:
    """Return what one README says and the other does not: commands and pictures must be the same."""
    texts = [(ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
    found = []
    for pattern, what in ((r"^(?:make|xushi|python) .*$", "command"), (r"!\[[^\]]*\]\(([^)]+)\)", "picture")):
        lists = [re.findall(pattern, text, re.MULTILINE) for text in texts]
        names = [[re.sub(r"\.(en|zh-CN)\.", ".", name).split("  #")[0].strip() for name in one] for one in lists]
        if names[0] != names[1]:
            found.append(f"the READMEs differ in their {what}s: {names[0]} and {names[1]}")
    return found


def shown_texts() -> set[str]:
    """Return what the product's sources and the guides' own examples quote, in small letters: labels are among it."""
    places = ("web/src/i18n/*.ts", "src/xushi/**/*.py", "src/xushi/**/messages.json", "docs/how-to/write-a-*.md")
    sources = [source for place in places for source in ROOT.glob(place)]
    quoted = re.compile(r'"((?:[^"\\\n]|\\.)+)"')
    return {text.lower() for source in sources for text in quoted.findall(source.read_text("utf-8"))}


def labels_nobody_shows() -> list[str]:
    """Return what tutorials and how-tos name as a label of the page (*so*, or “so” in Chinese) and no source has.

    A label is a text between marks or placeholders, or two of them beside each other; names of machines and numbers are
    no part of it, questions and what is said to an assistant are none.
    """
    texts = shown_texts()
    shown = texts | {part.strip() for text in texts for part in re.split(r"[,.:;(（：。，·…]|\{[^}]*\}", text)}
    found = []
    for page in pages():
        if page.parent.name not in ("tutorials", "how-to"):
            continue
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
        labels = re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*)", text)
        labels += re.findall("“([^”，。]+)”", text) if page.name.endswith(".zh-CN.md") else []
        for label in (re.sub(r"\s+", " ", one).strip("… ").lower() for one in labels):
            words = [part for part in re.split(r"[ ·…:：]+", label) if not re.fullmatch(r"[a-z]*\d+", part)]
            halves = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(len(words) + 1)]
            if not label.endswith("?") and not any({*pair} - {""} <= shown for pair in halves):
                found.append(f"{page.relative_to(ROOT)}: the product shows no “{label}”")
    return found


def main() -> int:
    """Print what is not true; the exit status is 1 where anything is."""
    found = [
        *dead_links(),
        *unlisted_dependencies(),
        *unlisted_decisions(),
        *disagreeing_readmes(),
        *labels_nobody_shows(),
    ]
    print("\n".join(found) if found else "the documents are true as far as a script can tell")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

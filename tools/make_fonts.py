"""Makes the fonts of the reports: Noto Sans SC from its npm package, cut down to what a report can need.

python tools/make_fonts.py FOLDER, where FOLDER is the unpacked package `@expo-google-fonts/noto-sans-sc`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent.parent / "src" / "xushi" / "reports" / "fonts"
# Latin with accents, Greek, punctuation, arrows, mathematics, box and block marks, Chinese punctuation, full width.
RANGES = ((0x20, 0x17F), (0x370, 0x3FF), (0x2000, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x26FF), (0x3000, 0x303F),
          (0xFF00, 0xFFEF))  # fmt: skip
ALL_HANZI = (0x4E00, 0x9FFF)  # the CJK Unified Ideographs: names of people and places need the rare ones
WEIGHTS = {"Regular": ("400Regular/NotoSansSC_400Regular.ttf", True), "Bold": ("700Bold/NotoSansSC_700Bold.ttf", False)}


def common_hanzi() -> set[int]:
    """Return the 6,763 characters of GB 2312, in which our own texts are written."""
    found = set()
    for first in range(0xB0, 0xF8):
        for second in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((first, second)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def main() -> int:
    """Write one font file a weight, without hints and layout tables, which a PDF does not use."""
    source = Path(sys.argv[1])
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = {code for low, high in RANGES for code in range(low, high + 1)} | common_hanzi()
    for weight, (name, is_whole) in WEIGHTS.items():
        codes = wanted | set(range(ALL_HANZI[0], ALL_HANZI[1] + 1)) if is_whole else wanted
        font = TTFont(source / name)
        options = subset.Options(
            layout_features=[], hinting=False, name_IDs=["*"], drop_tables=["GSUB", "GPOS", "GDEF"]
        )
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=codes)
        cutter.subset(font)
        path = TARGET / f"NotoSansSC-{weight}.ttf"
        font.save(path)
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    (TARGET / "OFL.txt").write_bytes((source / "LICENSE_FONT").read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())

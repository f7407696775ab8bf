"""Writes a table as CSV or XLSX and reads both back, as hostile input: sizes bounded, no formula, no entity."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from xml.parsers import expat

import xlsxwriter

from xushi.kernel import DAMAGED_ARCHIVE, XushiError

from ._sheet import guarded, unguarded

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
MOST_LINES = 250_000
MOST_COLUMNS = 100
LONGEST_CELL = 32_767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"Address": 48, "Source": 40, "Property": 32, "Name (en)": 24, "Name (zh-CN)": 20, "Machine": 18}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")


def to_csv(lines: Iterable[list[str]]) -> bytes:
    """Return the table as CSV (RFC 4180) in UTF-8 with a byte order mark, as spreadsheets need it for Chinese."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guarded(cell) for cell in line] for line in lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def to_xlsx(lines: Iterable[list[str]], title: str = "Mapping") -> bytes:
    """Return the table as a workbook (ECMA-376): every cell is text, so that none is a formula or a link."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False,
                                          "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        count = 0
        for count, line in enumerate(lines):
            for column, cell in enumerate(line):
                if count == 0:
                    sheet.set_column(column, column, _WIDTHS.get(cell, 10), text)
                if cell:
                    sheet.write_string(count, column, guarded(cell)[:LONGEST_CELL], bold if count == 0 else text)
        sheet.freeze_panes(1, 0)
        if count:
            sheet.autofilter(0, 0, count, len(line) - 1)
        book.close()
        file.seek(0)
        return file.read()


def read_sheet(content: bytes) -> Iterator[list[str]]:
    """Yield the lines of a CSV file or of the first sheet of a workbook, told apart by their first bytes.

    Raises:
        XushiError: `connectors.sheet_unreadable` with the reason, at the latest when the bad place is reached.
    """
    if len(content) > MOST_BYTES:
        raise XushiError("connectors.sheet_unreadable", reason=f"more than {MOST_BYTES >> 20} MB")
    lines = _xlsx_lines(content) if content[:4] == b"PK\x03\x04" else _csv_lines(content)
    for count, line in enumerate(lines):
        if count >= MOST_LINES:
            raise XushiError("connectors.sheet_unreadable", reason=f"more than {MOST_LINES} lines")
        yield [unguarded(cell) for cell in line]


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    head = text[:10_000].partition("\n")[0]
    comma = max(",;\t", key=head.count)
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True):
            if len(line) > MOST_COLUMNS:
                raise XushiError("connectors.sheet_unreadable", reason=f"more than {MOST_COLUMNS} columns")
            yield line
    except csv.Error as error:
        raise XushiError("connectors.sheet_unreadable", reason=str(error)) from error


def _decoded(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 with a byte order mark, or GBK as Chinese Excel writes it."""
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise XushiError("connectors.sheet_unreadable", reason="neither UTF-8, UTF-16 nor GB 18030")


def _xlsx_lines(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if len(names) > 10_000:
                raise XushiError("connectors.sheet_unreadable", reason="too many parts")
            sheets = sorted((n for n in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)), key=_order)
            if not sheets:
                raise XushiError("connectors.sheet_unreadable", reason="a workbook without a sheet")
            texts: list[str] = []
            if "xl/sharedStrings.xml" in names:
                texts = _SharedStrings().read(_unpacked(archive, "xl/sharedStrings.xml"))
            yield from _Cells(texts).read(_unpacked(archive, sheets[0]))
    except (*DAMAGED_ARCHIVE, KeyError) as error:
        raise XushiError("connectors.sheet_unreadable", reason=str(error)) from error
    except expat.ExpatError as error:
        raise XushiError("connectors.sheet_unreadable", reason=f"broken XML: {error}") from error


def _order(name: str) -> int:
    return int("".join(c for c in name if c.isdigit()) or 0)


def _unpacked(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield a part piece by piece, whatever size it states."""
    left = MOST_UNPACKED
    with archive.open(name) as part:
        while piece := part.read(1 << 18):
            left -= len(piece)
            if left < 0:
                raise XushiError("connectors.sheet_unreadable", reason=f"unpacks to more than {MOST_UNPACKED >> 20} MB")
            yield piece


def _refuse(*_: object) -> None:
    raise XushiError("connectors.sheet_unreadable", reason="a document type declaration")


class _Parser:
    """A parser of one part that knows elements by their local name."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.EntityDeclHandler = _refuse
        self._parser.buffer_text = True
        self._parser.StartElementHandler = lambda name, given: self.start(name.rpartition(" ")[2], given)
        self._parser.EndElementHandler = lambda name: self.end(name.rpartition(" ")[2])
        self._parser.CharacterDataHandler = self.characters

    def start(self, name: str, given: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def characters(self, text: str) -> None: ...


class _SharedStrings(_Parser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._held: list[str] | None = None
        self._is_text = False
        self._is_phonetic = False

    def read(self, pieces: Iterator[bytes]) -> list[str]:
        for piece in pieces:
            self._parser.Parse(piece, False)
        self._parser.Parse(b"", True)
        return self.texts

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self._held = []
        elif name == "rPh":
            self._is_phonetic = True
        self._is_text = name == "t"

    def end(self, name: str) -> None:
        if name == "si" and self._held is not None:
            self.texts.append(_plain("".join(self._held)[:LONGEST_CELL]))
            self._held = None
        elif name == "rPh":
            self._is_phonetic = False
        self._is_text = False

    def characters(self, text: str) -> None:
        if self._is_text and not self._is_phonetic and self._held is not None:
            self._held.append(text)


class _Cells(_Parser):
    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self._texts = texts
        self._lines: list[list[str]] = []
        self._line: list[str] = []
        self._column = 0
        self._type = ""
        self._held: list[str] = []
        self._is_value = False
        self._row = 0

    def read(self, pieces: Iterator[bytes]) -> Iterator[list[str]]:
        for piece in pieces:
            self._parser.Parse(piece, False)
            yield from self._lines
            self._lines.clear()
        self._parser.Parse(b"", True)
        yield from self._lines

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "row":
            self._line = []
            stated = given.get("r", "")
            row = int(stated) if stated.isdigit() else self._row + 1
            if row > MOST_LINES:
                raise XushiError("connectors.sheet_unreadable", reason=f"more than {MOST_LINES} lines")
            while self._row < row - 1:  # empty lines are not written; rows are counted as the spreadsheet does
                self._lines.append([])
                self._row += 1
            self._row = row
        elif name == "c":
            place = _PLACE.fullmatch(given.get("r", ""))
            self._column = _column(place[1]) if place else len(self._line)
            if self._column >= MOST_COLUMNS:
                raise XushiError("connectors.sheet_unreadable", reason=f"more than {MOST_COLUMNS} columns")
            self._type = given.get("t", "n")
            self._held = []
        self._is_value = name == "v" or (name == "t" and self._type == "inlineStr")

    def end(self, name: str) -> None:
        if name == "c":
            self._line.extend([""] * (self._column + 1 - len(self._line)))
            self._line[self._column] = self._cell()
        elif name == "row":
            self._lines.append(self._line)
        self._is_value = False

    def characters(self, text: str) -> None:
        if self._is_value:
            self._held.append(text)

    def _cell(self) -> str:
        text = "".join(self._held)[:LONGEST_CELL]
        if self._type == "s":
            return self._texts[int(text)] if text.isdigit() and int(text) < len(self._texts) else ""
        if self._type == "b":
            return "yes" if text == "1" else "no"
        return _plain(text)


def _plain(text: str) -> str:
    """Return a text without the escapes of characters that XML cannot hold (ECMA-376-1, 22.9.2.19)."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1

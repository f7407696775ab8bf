"""Writes a table as CSV or XLSX and reads both back, as hostile input: sizes bounded, no formula, no entity."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape

from xushi.kernel import DAMAGED_ARCHIVE, XushiError

from ._sheet import guarded, unguarded

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
MOST_LINES = 250_000
MOST_COLUMNS = 100
LONGEST_CELL = 32_767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS_A_PIECE = 1_000
_MOST_KNOWN = 10_000
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# The parts of a workbook with one sheet (ECMA-376-1, 12.3; ECMA-376-2 for the package). Styles: 1 text, 2 bold text.
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="thin"/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1"'
    ' applyBorder="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_REPLACED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_UNUSUAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WIDTHS = {"Address": 48, "Source": 40, "Property": 32, "Name (en)": 24, "Name (zh-CN)": 20, "Machine": 18}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"[A-Z]{1,3}")


def to_csv(lines: Iterable[list[str]]) -> bytes:
    """Return the table as CSV (RFC 4180) in UTF-8 with a byte order mark, as spreadsheets need it for Chinese."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guarded(cell) for cell in line] for line in lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def to_xlsx(lines: Iterable[list[str]], title: str = "Mapping") -> bytes:
    """Return the table as a workbook (ECMA-376): every cell is text, so that none is a formula or a link.

    Written by ourselves: a library that knows every sort of cell takes five times as long for 100,000 lines.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, _XML + text.replace("{title}", escape(title, {'"': "&quot;"})))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for piece in _sheet_xml(iter(lines)):
                part.write(piece.encode())
    return file.getvalue()


def _sheet_xml(lines: Iterator[list[str]]) -> Iterator[str]:
    header = next(lines, [])
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{_WIDTHS.get(name, 10)}" style="1" customWidth="1"/>'
        for at, name in enumerate(header, 1)
    )
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0" tabSelected="1">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    yield f"<cols>{widths}</cols><sheetData>" if widths else "<sheetData>"
    letters = [_letters(at) for at in range(MOST_COLUMNS)]
    known: dict[str, str] = {}
    count, row = 1, _row_xml(header, 1, 2, letters, known)
    rows = [row] if header else []
    for count, line in enumerate(lines, 2):
        rows.append(_row_xml(line, count, 1, letters, known))
        if len(rows) >= _ROWS_A_PIECE:
            yield "".join(rows)
            rows.clear()
    yield "".join(rows)
    last = f"{letters[max(len(header) - 1, 0)]}{count}"
    yield f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>' if count > 1 else "</sheetData></worksheet>"


def _row_xml(line: list[str], row: int, style: int, letters: list[str], known: dict[str, str]) -> str:
    cells = []
    for letter, cell in zip(letters, line, strict=False):
        if cell:
            text = known.get(cell)
            if text is None:
                text = _text_xml(guarded(cell)[:LONGEST_CELL])
                if len(known) < _MOST_KNOWN:
                    known[cell] = text
            cells.append(f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is>{text}</is></c>')
    return f'<row r="{row}">{"".join(cells)}</row>'


def _text_xml(text: str) -> str:
    """Return a text as the content of a cell; what XML cannot hold is escaped (ECMA-376-1, 22.9.2.19)."""
    if _UNUSUAL.search(text):
        text = _UNUSUAL.sub(lambda found: _REPLACED.get(found[0]) or f"_x{ord(found[0][0]):04X}_{found[0][1:]}", text)
    space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f"<t{space}>{text}</t>"


def _letters(column: int) -> str:
    return ("" if column < 26 else chr(64 + column // 26)) + chr(65 + column % 26)


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
            yield from _cells(texts, _unpacked(archive, sheets[0]))
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


def _parser() -> expat.XMLParserType:
    """Return a parser that names elements `<namespace> <local name>` and takes no document type."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    return parser


class _SharedStrings:
    def __init__(self) -> None:
        self._parser = _parser()
        self._parser.StartElementHandler = lambda name, given: self.start(name.rpartition(" ")[2], given)
        self._parser.EndElementHandler = lambda name: self.end(name.rpartition(" ")[2])
        self._parser.CharacterDataHandler = self.characters
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


_OTHER, _ROW, _CELL, _VALUE, _INLINE = range(5)
_CODES = {"row": _ROW, "c": _CELL, "v": _VALUE, "t": _INLINE}


class _Names(dict[str, int]):
    """What an element is, by its name with or without a namespace; each name is looked at once."""

    def __missing__(self, name: str) -> int:
        code = self[name] = _CODES.get(name.rpartition(" ")[2], _OTHER)
        return code


class _Columns(dict[str, int]):
    """The number of a column by its letters; -1 where they are none."""

    def __missing__(self, letters: str) -> int:
        column = self[letters] = _column(letters) if _LETTERS.fullmatch(letters) else -1
        return column


def _cells(texts: list[str], pieces: Iterator[bytes]) -> Iterator[list[str]]:
    """Yield the lines of a sheet; six calls for every cell are what it costs, so they do no more than they must."""
    parser = _parser()
    names, columns = _Names(), _Columns()
    lines: list[list[str]] = []
    line: list[str] = []
    held: list[str] = []
    column = row = 0
    sort = ""
    is_value = False

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal line, held, column, row, sort, is_value
        code = names[name]
        if code == _CELL:
            place = given.get("r", "")
            letters = place.rstrip("0123456789")
            column = columns[letters] if len(letters) < len(place) else -1
            if column < 0:
                column = len(line)
            if column >= MOST_COLUMNS:
                raise XushiError("connectors.sheet_unreadable", reason=f"more than {MOST_COLUMNS} columns")
            sort = given.get("t", "n")
            held = []
            is_value = False
        elif code == _ROW:
            line = []
            stated = given.get("r", "")
            number = int(stated[:10]) if stated.isdecimal() else row + 1
            if number > MOST_LINES:
                raise XushiError("connectors.sheet_unreadable", reason=f"more than {MOST_LINES} lines")
            while row < number - 1:  # empty lines are not written; rows are counted as the spreadsheet does
                lines.append([])
                row += 1
            row = number
            is_value = False
        else:
            is_value = code == _VALUE or (code == _INLINE and sort == "inlineStr")

    def end(name: str) -> None:
        nonlocal is_value
        is_value = False
        code = names[name]
        if code == _CELL:
            text = "".join(held)[:LONGEST_CELL]
            if sort == "s":
                text = texts[int(text)] if text.isdecimal() and len(text) < 10 and int(text) < len(texts) else ""
            elif sort == "b":
                text = "yes" if text == "1" else "no"
            else:
                text = _plain(text)
            missing = column - len(line)
            if missing < 0:
                line[column] = text
            else:
                if missing:
                    line.extend([""] * missing)
                line.append(text)
        elif code == _ROW:
            lines.append(line)

    def characters(text: str) -> None:
        if is_value:
            held.append(text)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    for piece in pieces:
        parser.Parse(piece, False)
        yield from lines
        lines.clear()
    parser.Parse(b"", True)
    yield from lines


def _plain(text: str) -> str:
    """Return a text without the escapes of characters that XML cannot hold (ECMA-376-1, 22.9.2.19)."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1

"""Packages of every make open: odd relationships, missing parts, several documents, hostile archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from aas_cases import every_class, model

from xushi.kernel import XushiError
from xushi.twins import (
    AssetAdministrationShell,
    AssetInformation,
    ConceptDescription,
    Environment,
    File,
    FilePart,
    Package,
    Submodel,
    read_file,
    to_aasx,
    to_json,
    to_xml,
    write_aasx,
)

FILES = {"/aasx/files/manual.pdf": b"%PDF-1.7", "/aasx/files/thumb.png": b"\x89PNG"}
AASX = "http://admin-shell.io/aasx/relationships"
OLD_AASX = "http://www.admin-shell.io/aasx/relationships"


def rels(*targets: tuple[str, str], mode: str = "") -> bytes:
    lines = "".join(
        f'<Relationship Id="r{number}" Type="{kind}" Target="{target}"{mode}/>'
        for number, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'.encode()


TYPES = b'<Types xmlns="x"><Default Extension="xml" ContentType="text/xml"/></Types>'


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def usual(document: bytes, name: str = "data.xml", mode: str = "", base: str = AASX) -> dict[str, bytes]:
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": rels((f"{base}/aasx-origin", "/aasx/aasx-origin"), mode=mode),
        "aasx/aasx-origin": b"",
        "aasx/_rels/aasx-origin.rels": rels((f"{base}/aas-spec", f"/aasx/{name}"), mode=mode),
        f"aasx/{name}": document,
    }


def submodel(number: int, *elements: object) -> Submodel:
    return Submodel(id=f"urn:s{number}", id_short=f"S{number}", submodel_elements=elements)  # type: ignore[arg-type]


ONE = Environment(submodels=(submodel(1),))


def opened(parts: dict[str, bytes]) -> Package:
    return read_file(packed(parts), "x.aasx")


def codes(package: Package) -> set[str]:
    return {diagnosis.code.removeprefix("twins.") for diagnosis in package.diagnoses}


def test_a_package_of_ours_opens_without_a_word() -> None:
    for payload in ("xml", "json"):
        data = to_aasx(every_class(), FILES, payload=payload, thumbnail="/aasx/files/thumb.png")
        package = read_file(data, "x.aasx")
        assert package.environment == every_class()
        assert package.diagnoses == []
        assert package.thumbnail == "/aasx/files/thumb.png"
        assert {path: part.data for path, part in package.files.items()} == FILES
        assert package.files["/aasx/files/manual.pdf"].media_type == "application/pdf"


def test_the_same_content_gives_the_same_package() -> None:
    assert to_aasx(every_class(), FILES) == to_aasx(every_class(), dict(reversed(FILES.items())))


def test_writing_to_a_file_leaves_a_whole_package_or_none(tmp_path: Path) -> None:
    target = tmp_path / "plant.aasx"
    write_aasx(target, every_class(), FILES)
    assert read_file(target).environment == every_class()
    with pytest.raises(XushiError):
        write_aasx(target, every_class(), {"/../evil": b""})
    assert [path.name for path in tmp_path.iterdir()] == ["plant.aasx"]
    assert read_file(target).environment == every_class()


def test_files_are_read_only_when_asked_for_and_written_on(tmp_path: Path) -> None:
    target = tmp_path / "plant.aasx"
    write_aasx(target, every_class(), FILES)
    part = read_file(target).files["/aasx/files/manual.pdf"]
    assert part.size == 8
    part.write_to(tmp_path / "manual.pdf")
    assert (tmp_path / "manual.pdf").read_bytes() == b"%PDF-1.7"
    again = to_aasx(every_class(), {part.path: part})
    assert read_file(again, "x.aasx").files[part.path].data == b"%PDF-1.7"
    target.unlink()
    with pytest.raises(XushiError) as caught:
        _ = part.data
    assert caught.value.code == "twins.file_unreadable"


@pytest.mark.parametrize("base", [AASX, OLD_AASX])
@pytest.mark.parametrize("mode", ["", ' TargetMode="External"', ' TargetMode="Internal"'])
def test_relationships_of_every_make_are_followed(base: str, mode: str) -> None:
    package = opened(usual(to_xml(ONE), mode=mode, base=base))
    assert package.environment == ONE
    assert codes(package) == ({"external_mode"} if "External" in mode else set())


@pytest.mark.parametrize(
    "target", ["data.xml", "./data.xml", "../aasx/data.xml", "\\aasx\\data.xml", "/AASX/Data.XML", "/aasx/d%61ta.xml", "file:///aasx/data.xml"]
)  # fmt: skip
def test_targets_are_found_whatever_their_form(target: str) -> None:
    parts = usual(to_xml(ONE))
    parts["aasx/_rels/aasx-origin.rels"] = rels((f"{AASX}/aas-spec", target))
    assert opened(parts).environment == ONE


@pytest.mark.parametrize(
    ("lost", "code"),
    [
        ("_rels/.rels", "missing_origin"),
        ("aasx/_rels/aasx-origin.rels", "spec_searched"),
        ("[Content_Types].xml", "missing_content_types"),
        ("aasx/aasx-origin", None),
    ],
)
def test_a_package_that_lacks_a_part_of_its_book_keeping_opens(lost: str, code: str | None) -> None:
    parts = usual(to_xml(ONE))
    del parts[lost]
    package = opened(parts)
    assert package.environment == ONE
    assert codes(package) == ({code} if code else set()) | ({"spec_searched"} & codes(package))


def test_a_bare_archive_with_a_document_somewhere_opens() -> None:
    for name, data in (("plant/export/Shells.json", to_json(ONE)), ("plant.xml", to_xml(ONE))):
        package = opened({name: data, "plant/readme.txt": b"hello", "other.xml": b"<x/>"})
        assert package.environment == ONE
        assert {"missing_origin", "spec_searched"} <= codes(package)


def test_a_document_is_told_apart_by_its_content_not_its_name() -> None:
    assert opened(usual(to_json(ONE), "data.xml")).environment == ONE
    assert opened(usual(to_xml(ONE), "data.json")).environment == ONE
    assert opened(usual(to_xml(ONE), "data.aas")).environment == ONE
    assert codes(read_file(to_xml(ONE), "x.aasx")) == {"wrong_extension"}
    assert codes(read_file(to_aasx(ONE), "x.json")) == {"wrong_extension"}


def test_several_documents_and_split_submodels_become_one_environment() -> None:
    shell = AssetAdministrationShell(
        id="urn:shell",
        asset_information=AssetInformation(asset_kind="Instance", global_asset_id="urn:a"),
        submodels=(model(("Submodel", "urn:s1")), model(("Submodel", "urn:s2"))),
    )
    concept = ConceptDescription(id="urn:c")
    parts = usual(to_xml(Environment(asset_administration_shells=(shell,), concept_descriptions=(concept,))))
    parts["aasx/_rels/data.xml.rels"] = rels(
        (f"{AASX}/aas-spec-split", "/aasx/one.xml"), (f"{AASX}/aas-spec-split", "two.json")
    )
    parts["aasx/one.xml"] = to_xml(Environment(submodels=(submodel(1),), concept_descriptions=(concept,)))
    parts["aasx/two.json"] = to_json(Environment(submodels=(submodel(2),)))
    package = opened(parts)
    assert [item.id for item in package.environment.submodels] == ["urn:s1", "urn:s2"]
    assert package.environment.concept_descriptions == (concept,)
    assert codes(package) == {"repeated"}
    assert package.files == {}


def test_one_unreadable_document_among_several_is_told_and_the_others_open() -> None:
    parts = usual(to_xml(ONE))
    parts["aasx/_rels/aasx-origin.rels"] = rels((f"{AASX}/aas-spec", "data.xml"), (f"{AASX}/aas-spec", "bad.xml"))
    parts["aasx/bad.xml"] = b"<!DOCTYPE x><environment/>"
    package = opened(parts)
    assert package.environment == ONE
    assert {"spec_unreadable", "xml_doctype"} <= codes(package)


def test_files_that_are_missing_unnamed_or_outside_are_told() -> None:
    elements = (
        File(id_short="a", value="/aasx/files/there.pdf"),
        File(id_short="b", value="/aasx/files/gone.pdf"),
        File(id_short="c", value="https://example.com/x.pdf"),
        File(id_short="d", value="file:///aasx/files/THERE.pdf"),
        File(id_short="e", value="aasx/files/my%20file.pdf"),
    )
    parts = usual(to_xml(Environment(submodels=(submodel(1, *elements),))))
    parts["aasx/_rels/data.xml.rels"] = rels(
        (f"{AASX}/aas-suppl", "/aasx/files/lost.bin"), (f"{AASX}/aas-suppl", "https://example.com/far")
    )
    parts |= {"aasx/files/there.pdf": b"1", "aasx/files/my file.pdf": b"2", "aasx/files/alone.txt": b"3"}
    package = opened(parts)
    told = {(diagnosis.code, diagnosis.place) for diagnosis in package.diagnoses}
    assert told == {
        ("twins.missing_file", "S1#b"),
        ("twins.missing_part", "/aasx/files/lost.bin"),
        ("twins.outside_part", "/aasx/https:/example.com/far"),
        ("twins.unreferenced_file", "/aasx/files/alone.txt"),
    }
    found = package.file("aasx/files/my%20file.pdf")
    assert isinstance(found, FilePart)
    assert found.data == b"2"


def test_a_package_packed_together_with_its_folder_finds_its_files() -> None:
    element = File(id_short="a", value="/aasx/files/there.pdf")
    parts = usual(to_xml(Environment(submodels=(submodel(1, element),)))) | {"aasx/files/there.pdf": b"1"}
    package = opened({f"export/{name}": content for name, content in parts.items()})
    found = package.file("/aasx/files/there.pdf")
    assert found is not None
    assert found.path == "/export/aasx/files/there.pdf"
    assert "missing_file" not in codes(package)


def test_names_beyond_ascii_travel_percent_encoded() -> None:
    files = {"/aasx/files/速度 50%.txt": b"x"}
    data = to_aasx(ONE, files)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert all(name.isascii() for name in archive.namelist())
    assert {path: part.data for path, part in read_file(data, "x.aasx").files.items()} == files


def test_parts_that_reach_outside_are_set_aside() -> None:
    parts = usual(to_xml(ONE)) | {"../../etc/evil": b"1", "C:/evil": b"2", "aasx\\files\\fine.txt": b"3"}
    package = opened(parts)
    assert set(package.files) == {"/aasx/files/fine.txt"}
    assert "unsafe_path" in codes(package)


def test_links_and_encrypted_parts_are_set_aside() -> None:
    stream = io.BytesIO(packed(usual(to_xml(ONE))))
    with zipfile.ZipFile(stream, "a") as archive:
        link = zipfile.ZipInfo("aasx/files/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("aasx/files/secret.bin", b"abc")
    data = bytearray(stream.getvalue())
    at = data.rfind(b"aasx/files/secret.bin") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 8] |= 1
    package = read_file(bytes(data), "x.aasx")
    assert package.files == {}
    assert {"symlink", "encrypted_part"} <= codes(package)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_parts_with_one_name_the_later_counts() -> None:
    stream = io.BytesIO(packed(usual(to_xml(ONE)) | {"aasx/files/a.txt": b"1"}))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("AASX/files/A.txt", b"2")
    package = read_file(stream.getvalue(), "x.aasx")
    assert [part.data for part in package.files.values()] == [b"2"]
    assert "duplicate_part" in codes(package)


def test_a_package_cut_off_before_its_directory_is_rescued() -> None:
    data = packed(usual(to_xml(ONE)) | {"aasx/files/a.txt": b"hello"})
    directory = data.index(b"PK\x01\x02")
    package = read_file(data[: directory + 10], "x.aasx")
    assert package.environment == ONE
    assert package.files["/aasx/files/a.txt"].data == b"hello"
    assert "zip_rescued" in codes(package)


def test_a_package_with_bytes_before_it_or_lost_within_it_is_rescued() -> None:
    data = packed(usual(to_xml(ONE)) | {"zz.txt": b"hello" * 40})
    for damaged in (b"PK junk" + data, data[:10] + b"xx" + data[12:30] + data[33:]):
        assert read_file(damaged, "x.aasx").environment == ONE


def test_a_damaged_file_is_told_and_left_out() -> None:
    data = bytearray(to_aasx(ONE, {"/aasx/files/a.png": bytes(500)}))
    at = data.index(bytes(400))
    data[at + 50] = 7
    package = read_file(bytes(data), "x.aasx")
    assert package.environment == ONE
    assert package.files == {}
    assert "part_damaged" in codes(package)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed({"readme.txt": b"hello"}), "twins.no_spec"),
        (packed({"x.xml": b"<a>submodels</a>"}), "twins.not_aas"),
        (b"PK\x03\x04 nothing", "twins.zip_damaged"),
        (packed(usual(b"<environment")), "twins.xml_damaged"),
    ],
)
def test_what_holds_no_shell_is_refused_plainly(data: bytes, code: str) -> None:
    with pytest.raises(XushiError) as caught:
        read_file(data, "x.aasx")
    assert caught.value.code == code


def test_a_path_that_does_not_exist_is_refused_plainly(tmp_path: Path) -> None:
    for path in (tmp_path / "none.aasx", tmp_path):
        with pytest.raises(XushiError) as caught:
            read_file(path)
        assert caught.value.code == "twins.file_unreadable"

"""Evidence on disk: append-only, readable after a crash, honest about damage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.errors import EvidenceError
from scanner.model.evidence import DocumentKept, Gap, ScanFinished, ScanStarted, Visit
from scanner.store import EvidenceWriter, clear, read_evidence

STARTED = ScanStarted(
    schema="cookie-scanner/evidence/1",
    tool_version="0",
    url="https://shop.example/",
    host="shop.example",
    site="shop.example",
    started="2026-01-01T00:00:00Z",
    states=("before",),
    pages=1,
)
FINISHED = ScanFinished(finished="2026-01-01T00:00:09Z", outcome="complete")


def _visit(number: int) -> Visit:
    url = f"https://shop.example/{number}"
    return Visit(
        id=f"v{number}", context="before", url=url, final_url=url, started="2026-01-01T00:00:01Z", wall_ms=12.5
    )


def _write(folder: Path) -> None:
    with EvidenceWriter(folder) as writer:
        writer.record(STARTED)
        writer.file("screenshots/before.png", b"picture")
        writer.file("evidence/documents/1.html", "<p>Größe</p>".encode())
        kept = DocumentKept(
            url="https://shop.example/p",
            final_url="https://shop.example/policy",
            media_type="text/html",
            retrieved="2026-01-01T00:00:03Z",
            sha256="0" * 64,
            file="documents/1.html",
        )
        writer.record(kept)
        writer.record(_visit(1))
        writer.record(FINISHED)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    _write(tmp_path)
    recorded = read_evidence(tmp_path)
    assert recorded.evidence.scan == STARTED
    assert recorded.evidence.visits == (_visit(1),)
    assert recorded.evidence.finished == FINISHED
    assert recorded.evidence.documents[0].text == "<p>Größe</p>"
    assert recorded.evidence.documents[0].url == "https://shop.example/policy"
    assert recorded.pictures == {"screenshots/before.png": b"picture"}
    assert recorded.evidence.gaps == ()


@pytest.mark.parametrize("place", ["", "evidence", "evidence/records.jsonl"])
def test_the_folder_its_evidence_or_the_log_may_be_named(tmp_path: Path, place: str) -> None:
    _write(tmp_path)
    assert read_evidence(tmp_path / place).folder == tmp_path


def test_a_log_cut_in_the_middle_of_a_record_gives_what_came_before_and_a_gap(tmp_path: Path) -> None:
    _write(tmp_path)
    (tmp_path / "evidence/manifest.json").unlink()
    log = tmp_path / "evidence/records.jsonl"
    log.write_bytes(log.read_bytes()[:-40])
    evidence = read_evidence(tmp_path).evidence
    assert evidence.visits == (_visit(1),)
    assert evidence.finished is None
    assert [gap.what for gap in evidence.gaps] == ["evidence-damaged"]


def test_a_changed_file_is_told_as_altered(tmp_path: Path) -> None:
    _write(tmp_path)
    (tmp_path / "screenshots/before.png").write_bytes(b"another")
    (tmp_path / "evidence/documents/1.html").unlink()
    told = {(gap.what, gap.message.split(":")[0]) for gap in read_evidence(tmp_path).evidence.gaps}
    assert ("evidence-altered", "screenshots/before.png") in told
    assert ("evidence-altered", "evidence/documents/1.html") in told


@pytest.mark.parametrize(
    "content", [None, b"", b"\x00\xff garbage\n", b'{"kind": "gap", "what": "x", "message": "y"}\n']
)
def test_what_is_no_evidence_is_refused_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "evidence").mkdir()
    if content is not None:
        (tmp_path / "evidence/records.jsonl").write_bytes(content)
    with pytest.raises(EvidenceError) as caught:
        read_evidence(tmp_path)
    assert "\n" not in str(caught.value)


def test_earlier_evidence_is_never_written_over(tmp_path: Path) -> None:
    _write(tmp_path)
    with pytest.raises(EvidenceError, match="already holds"):
        EvidenceWriter(tmp_path)


def test_clearing_removes_a_scan_and_nothing_else(tmp_path: Path) -> None:
    _write(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt"]


def test_a_folder_that_is_not_a_scan_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    (tmp_path / "screenshots/holiday.png").write_bytes(b"mine")
    clear(tmp_path)
    assert (tmp_path / "screenshots/holiday.png").exists()


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/outside", "a/../../b", ""])
def test_a_file_may_not_leave_the_folder(tmp_path: Path, name: str) -> None:
    with EvidenceWriter(tmp_path) as writer, pytest.raises(ValueError, match="inside"):
        writer.file(name, b"x")


def test_a_killed_writer_leaves_every_record_it_was_given(tmp_path: Path) -> None:
    """kill -9 between two records: no manifest, but a readable log."""
    program = f"""
import os, signal
from pathlib import Path
from scanner.store import EvidenceWriter
from scanner.model.evidence import RECORD, Gap
writer = EvidenceWriter(Path({str(tmp_path)!r}))
writer.record(RECORD.validate_json({STARTED.model_dump_json(by_alias=True)!r}))
for number in range(50):
    writer.record(Gap(what="test", message=str(number)))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    evidence = read_evidence(tmp_path).evidence
    assert [gap.message for gap in evidence.gaps] == [str(number) for number in range(50)]
    assert not (tmp_path / "evidence/manifest.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_clear_line_and_loses_nothing(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path)
    writer.record(STARTED)
    kept = (tmp_path / "evidence/records.jsonl").read_bytes()
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._log.fileno())
    os.close(full)
    with pytest.raises(EvidenceError, match="No space left on device"):
        writer.record(Gap(what="test", message="lost"))
    writer._log.close()
    assert (tmp_path / "evidence/records.jsonl").read_bytes() == kept


def test_the_manifest_lists_every_file_with_its_sum(tmp_path: Path) -> None:
    _write(tmp_path)
    manifest = json.loads((tmp_path / "evidence/manifest.json").read_text())
    assert sorted(manifest) == ["evidence/documents/1.html", "evidence/records.jsonl", "screenshots/before.png"]
    assert all(len(entry["sha256"]) == 64 for entry in manifest.values())

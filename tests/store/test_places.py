"""A place of reports: a finished folder goes in and out whole, in every kind of store, and nothing leads outside."""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import EvidenceError, UsageError
from scanner.store.places import LocalPlace, Place, StorePlace, open_place

LOCATION = "shop/20261122T093000Z"
FILES = {
    "scan.json": b"{}",
    "report.html": b"<html>",
    "evidence/records.jsonl": b"record\n" * 40_000,
    "evidence/documents/a b.html": b"text",
    "screenshots/before.png": b"\x89PNG",
}


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    folder = tmp_path / "scan"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a real server that speaks S3, on loopback."""
    pytest.importorskip("s3fs")
    server_class = pytest.importorskip("moto.server").ThreadedMotoServer
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = server_class("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    kept = dict(os.environ)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    name = f"reports-{uuid.uuid4().hex}"
    importlib.import_module("fsspec").filesystem("s3").mkdir(name)
    try:
        yield name
    finally:
        server.stop()
        os.environ.clear()
        os.environ |= kept


@pytest.fixture(params=["folder", "file-url", "memory", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "s3":
        return open_place(f"s3://{request.getfixturevalue('bucket')}/{uuid.uuid4().hex}")
    if request.param == "memory":
        return open_place(f"memory://{uuid.uuid4().hex}/reports")
    return open_place(tmp_path / "place" if request.param == "folder" else f"file://{tmp_path}/place")


def test_a_folder_goes_in_and_comes_out_whole(place: Place, scan: Path, tmp_path: Path) -> None:
    assert not place.exists(LOCATION)
    assert place.names(LOCATION) == ()
    assert list(place.locations()) == []
    assert place.put_folder(scan, LOCATION)
    assert place.exists(LOCATION)
    assert place.names(LOCATION) == tuple(sorted(FILES))
    with place.open(LOCATION, "evidence/records.jsonl") as stream:
        assert stream.read() == FILES["evidence/records.jsonl"]
    back = place.fetch_folder(LOCATION, tmp_path / "back")
    assert {str(path.relative_to(back)): path.read_bytes() for path in back.rglob("*") if path.is_file()} == FILES
    assert list(place.locations()) == [LOCATION]


def test_what_is_complete_stays_unless_it_is_to_be_replaced(place: Place, scan: Path) -> None:
    """Two workers that scanned one run leave one result, not a mixture of both."""
    place.put_folder(scan, LOCATION)
    (scan / "scan.json").write_bytes(b"second")
    (scan / "report.html").unlink()
    assert not place.put_folder(scan, LOCATION)
    with place.open(LOCATION, "scan.json") as stream:
        assert stream.read() == b"{}"
    assert place.put_folder(scan, LOCATION, replace=True)
    with place.open(LOCATION, "scan.json") as stream:
        assert stream.read() == b"second"
    assert "report.html" not in place.names(LOCATION)


def test_a_deleted_location_is_gone_and_its_neighbours_are_not(place: Place, scan: Path, tmp_path: Path) -> None:
    place.put_folder(scan, LOCATION)
    place.put_folder(scan, "shop/20261122T0930001Z")
    place.delete(LOCATION)
    place.delete(LOCATION)
    assert not place.exists(LOCATION)
    assert place.names(LOCATION) == ()
    assert list(place.locations()) == ["shop/20261122T0930001Z"]
    with pytest.raises(FileNotFoundError):
        place.open(LOCATION, "scan.json")
    with pytest.raises(FileNotFoundError):
        place.fetch_folder(LOCATION, tmp_path / "back")


def test_an_unfinished_folder_is_not_taken(place: Place, scan: Path) -> None:
    (scan / "scan.json").unlink()
    with pytest.raises(EvidenceError, match=r"no finished scan"):
        place.put_folder(scan, LOCATION)
    assert place.names(LOCATION) == ()


@pytest.mark.parametrize(
    "location",
    ["", "..", "../x", "shop/..", "/etc", "shop//x", "shop/", ".locks", "a\\b", "shop/%2e%2e", "shop/a\n", "shop/\0"],
)
def test_no_location_leads_outside(place: Place, scan: Path, tmp_path: Path, location: str) -> None:
    for act in (
        lambda: place.put_folder(scan, location),
        lambda: place.exists(location),
        lambda: place.names(location),
        lambda: place.open(location, "scan.json"),
        lambda: place.fetch_folder(location, tmp_path / "back"),
        lambda: place.delete(location),
    ):
        with pytest.raises(UsageError):
            act()


@pytest.mark.parametrize("name", ["", "..", "../scan.json", "/etc/passwd", "a/../../b", "a//b", "a\\b", "a\0", "./a"])
def test_no_name_of_a_file_leads_outside(place: Place, scan: Path, name: str) -> None:
    place.put_folder(scan, LOCATION)
    with pytest.raises(UsageError):
        place.open(LOCATION, name)


def test_links_are_neither_copied_nor_followed(tmp_path: Path, scan: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (scan / "link").symlink_to(secret)
    place = open_place(tmp_path / "place")
    place.put_folder(scan, LOCATION)
    assert "link" not in place.names(LOCATION)
    (tmp_path / "place" / LOCATION / "planted").symlink_to(secret)
    with pytest.raises(FileNotFoundError):
        place.open(LOCATION, "planted")
    (tmp_path / "place" / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(UsageError):
        place.exists("elsewhere/scan")


def test_the_seal_is_written_last_in_a_store(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that breaks off half-way is not complete, and the next one mends it."""
    place = open_place(f"memory://{uuid.uuid4().hex}")
    assert isinstance(place, StorePlace)
    seen: list[list[str]] = []
    whole = place._files.put

    def broken(lpath: list[str], rpath: list[str]) -> None:
        seen.append(rpath)
        whole(lpath[:2], rpath[:2])
        raise OSError("the line is dead")

    with monkeypatch.context() as patch:
        patch.setattr(place._files, "put", broken)
        with pytest.raises(EvidenceError, match="the line is dead"):
            place.put_folder(scan, LOCATION)
    assert len(place.names(LOCATION)) == 2
    assert not place.exists(LOCATION)
    assert not any(path.endswith("scan.json") for path in seen[0])
    assert place.put_folder(scan, LOCATION)
    assert place.names(LOCATION) == tuple(sorted(FILES))


_ENDLESS = """
import sys
from pathlib import Path
from scanner.store.places import open_place
place = open_place(sys.argv[1])
print("go", flush=True)
while True:
    place.put_folder(Path(sys.argv[2]), sys.argv[3], replace=True)
"""


def test_killed_at_any_moment_a_folder_is_whole_or_not_there(tmp_path: Path, scan: Path) -> None:
    place = open_place(tmp_path / "place")
    for number in range(6):
        arguments = [sys.executable, "-c", _ENDLESS, str(tmp_path / "place"), str(scan), LOCATION]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            # A moment that differs from round to round, and is not bound to a step of the copy.
            threading.Event().wait(0.01 + number * 0.013)
            process.kill()
        if place.exists(LOCATION):
            assert place.names(LOCATION) == tuple(sorted(FILES))
    assert place.put_folder(scan, LOCATION, replace=True)
    assert place.names(LOCATION) == tuple(sorted(FILES))
    assert list(place.locations()) == [LOCATION]


def test_drafts_of_a_crash_are_swept_after_a_day(tmp_path: Path, scan: Path) -> None:
    old, young = (tmp_path / "place/shop" / name for name in (".draft-old", ".draft-young"))
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (1, 1))
    open_place(tmp_path / "place").put_folder(scan, LOCATION)
    assert not old.exists()
    assert young.exists()


def test_several_at_once_leave_one_whole_folder(tmp_path: Path, scan: Path) -> None:
    place = open_place(tmp_path / "place")
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(place.put_folder(scan, LOCATION))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert answers.count(True) >= 1
    assert place.names(LOCATION) == tuple(sorted(FILES))
    assert [path.name for path in (tmp_path / "place/shop").iterdir()] == ["20261122T093000Z"]


def test_a_folder_that_lies_in_its_place_already_is_left_there(tmp_path: Path, scan: Path) -> None:
    place = open_place(tmp_path / "place")
    place.put_folder(scan, LOCATION)
    inside = tmp_path / "place" / LOCATION
    assert place.put_folder(inside, LOCATION, replace=True)
    assert place.fetch_folder(LOCATION, inside) == inside
    assert place.names(LOCATION) == tuple(sorted(FILES))


def test_a_missing_library_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = importlib.import_module("fsspec.registry")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setattr(registry, "registry", {})
    with pytest.raises(UsageError, match=r"Install s3fs to access S3") as caught:
        open_place("s3://bucket/reports")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("s3://key:hush@bucket/reports", "credentials stand in the address"),
        ("simplecache::s3://bucket/reports", "chained addresses"),
        ("nonsense://x/y", "Protocol not known"),
    ],
)
def test_an_address_that_cannot_be_a_place_is_refused_without_its_secrets(address: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        open_place(address)
    assert "hush" not in str(caught.value)


def test_a_bucket_that_is_not_there_is_told_in_a_line(bucket: str, scan: Path) -> None:
    assert bucket
    with pytest.raises(EvidenceError, match=r"reports at s3://absent-bucket/x") as caught:
        open_place("s3://absent-bucket/x").put_folder(scan, LOCATION)
    assert "\n" not in str(caught.value)


def test_a_folder_of_this_machine_needs_no_library_of_stores(tmp_path: Path) -> None:
    code = "import sys; import scanner.store.places as p; p.open_place(sys.argv[1]); print('fsspec' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert isinstance(open_place(tmp_path), LocalPlace)

"""The place of reports and evidence: a folder of this machine, or any store that fsspec can reach, such as S3.

A *location* is the folder of one run beneath the place, `SITE/20261122T093000Z`. It is complete as soon as it holds
`scan.json`, which is written last and deleted first: whoever finds that file finds all others. In a folder of this
machine a location appears, and is replaced, in one step.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol, cast
from urllib.parse import urlsplit

from scanner.errors import EvidenceError, ScannerError, UsageError

SEAL = "scan.json"
"""The file whose presence says that a location is complete."""

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_DRAFT = ".draft-"
_FLAT = frozenset(("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "memory"))
"""Schemes of stores in which a name may hold slashes without a folder being made first."""
_ABANDONED_S = 86_400.0
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


class Place(Protocol):
    """Where the folders of runs lie. Every method may be called from several threads and machines at once.

    All raise UsageError for a location or a name that would lead outside, and EvidenceError where the store answers
    with anything but the thing asked for.
    """

    address: str

    def put_folder(self, local: Path, location: str, *, replace: bool = False) -> bool:
        """Copy a folder of this machine to a location.

        A location that is complete already is left as it is, and false is the answer, unless `replace` is given;
        remains of a copy that was interrupted are replaced. Links and other special files are not copied. Raises
        EvidenceError where the folder has no `scan.json` of its own.
        """
        ...

    def exists(self, location: str) -> bool:
        """Whether the location is complete."""
        ...

    def names(self, location: str) -> tuple[str, ...]:
        """All files of a location, relative to it, sorted; empty where there is none."""
        ...

    def open(self, location: str, name: str) -> IO[bytes]:
        """One file, for reading. Raises FileNotFoundError where there is none."""
        ...

    def fetch_folder(self, location: str, local: Path) -> Path:
        """Copy a complete location into a folder of this machine, which appears in one step and is handed back.

        What lay there before is replaced. Raises FileNotFoundError where the location is not complete.
        """
        ...

    def delete(self, location: str) -> None:
        """Remove a location; one that is not there is none to remove."""
        ...

    def locations(self) -> Iterator[str]:
        """All complete locations, in order of their names."""
        ...


def open_place(address: str | Path) -> Place:
    """The place at a path, a `file://` URL, or any other address that fsspec understands (`s3://bucket/reports`).

    Credentials come from the environment or the configuration files of the store's own library, never from the
    address. Raises UsageError where the address cannot be one of a place, and where the store's library is missing.
    """
    text = str(address)
    scheme = _SCHEME.match(text)
    if "::" in text:
        raise UsageError(f"reports at {text!r}: chained addresses cannot be written to; give one store")
    if scheme is None:
        return LocalPlace(Path(text))
    if scheme[1].lower() in ("file", "local"):
        return LocalPlace(Path(text[scheme.end() :]))
    if "@" in urlsplit(text).netloc:
        raise UsageError(
            f"reports at {scheme[1]}://...: credentials stand in the address; give them in the environment, as the "
            "library of the store reads them"
        )
    return StorePlace(text, scheme[1].lower())


def checked_location(location: str) -> PurePosixPath:
    """The location as a path of one part or more. Raises UsageError for one that could lead outside of its place."""
    parts = location.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        raise UsageError(f"{location!r} is no location of a scan: letters, digits, '.', '_', '-', with '/' between")
    return PurePosixPath(*parts)


def checked_name(name: str) -> PurePosixPath:
    """The name of a file inside a location. Raises UsageError for one that could lead outside of it."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or part.startswith(_DRAFT) for part in parts) or re.search(r"[\x00-\x1f\\]", name):
        raise UsageError(f"{name!r} is no file of a scan")
    return PurePosixPath(*parts)


class LocalPlace:
    """A folder of this machine, which need not exist yet."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser()
        self.address = str(root)

    def put_folder(self, local: Path, location: str, *, replace: bool = False) -> bool:
        target = self._folder(location)
        names = _sealed(local)
        if target.exists() and local.resolve() == target.resolve():
            return True
        with _told(self.address):
            if not replace and (target / SEAL).is_file():
                return False
            target.parent.mkdir(parents=True, exist_ok=True)
            return self._become(target, lambda draft: _copy(local, draft, names), replace=replace)

    def exists(self, location: str) -> bool:
        with _told(self.address):
            return (self._folder(location) / SEAL).is_file()

    def names(self, location: str) -> tuple[str, ...]:
        with _told(self.address):
            return _names(self._folder(location))

    def open(self, location: str, name: str) -> IO[bytes]:
        path = self._folder(location) / checked_name(name)
        with _told(self.address, missing=True):
            if not path.resolve().is_relative_to(self.root.resolve()) or not path.is_file():
                raise FileNotFoundError(f"{location}/{name}")
            return path.open("rb")

    def fetch_folder(self, location: str, local: Path) -> Path:
        source = self._folder(location)
        if not self.exists(location):
            raise FileNotFoundError(location)
        if local.exists() and local.resolve() == source.resolve():
            return local
        with _told(self.address):
            local.parent.mkdir(parents=True, exist_ok=True)
            self._become(local, lambda draft: _copy(source, draft, _names(source)), replace=True)
        return local

    def delete(self, location: str) -> None:
        folder = self._folder(location)
        with _told(self.address):
            _discard(folder)

    def locations(self) -> Iterator[str]:
        with _told(self.address):
            found = sorted(path.parent.relative_to(self.root) for path in self.root.glob(f"**/{SEAL}"))
        for path in found:
            if path.parts and all(_PART.fullmatch(part) for part in path.parts):
                yield path.as_posix()

    def _folder(self, location: str) -> Path:
        folder = self.root / checked_location(location)
        if not folder.resolve().is_relative_to(self.root.resolve()):
            raise UsageError(f"{location!r} leads out of {self.address}")
        return folder

    @staticmethod
    def _become(target: Path, fill: Callable[[Path], None], *, replace: bool) -> bool:
        """Fill a draft beside the target and let it take the target's name; false where another was quicker."""
        draft = target.with_name(f"{_DRAFT}{uuid.uuid4().hex}")
        _sweep(target.parent)
        try:
            fill(draft)
            if replace or not (target / SEAL).is_file():
                _discard(target)
            try:
                draft.rename(target)
            except OSError:
                if replace or not (target / SEAL).is_file():
                    raise
                return False
            _synced(target.parent)
            return True
        finally:
            shutil.rmtree(draft, ignore_errors=True)


class _Files(Protocol):
    """What of fsspec's AbstractFileSystem is used here."""

    def put_file(self, lpath: str, rpath: str) -> None: ...
    def put(self, lpath: list[str], rpath: list[str]) -> None: ...
    def get(self, rpath: list[str], lpath: list[str]) -> None: ...
    def open(self, path: str, mode: str) -> IO[bytes]: ...
    def exists(self, path: str) -> bool: ...
    def find(self, path: str) -> list[str]: ...
    def makedirs(self, path: str, exist_ok: bool) -> None: ...
    def rm_file(self, path: str) -> None: ...
    def rm(self, path: list[str]) -> None: ...


class StorePlace:
    """A place in a store that fsspec reaches. A store knows no folders: files come and go one by one."""

    def __init__(self, address: str, scheme: str) -> None:
        self.address = address.rstrip("/")
        try:
            # Listings are kept by fsspec otherwise, and another machine's files would stay unseen.
            files, root = importlib.import_module("fsspec.core").url_to_fs(self.address, use_listings_cache=False)
        except ImportError as error:
            wanted = str(error) or f"its library for {scheme}:// is not installed"
            raise UsageError(f"reports at {self.address}: {wanted} (beside cookie-scanner, with pip)") from error
        except Exception as error:
            raise UsageError(f"reports at {self.address}: {_first_line(error)}") from error
        self._files = cast("_Files", files)
        self._root = str(root).rstrip("/")
        self._flat = scheme in _FLAT

    def put_folder(self, local: Path, location: str, *, replace: bool = False) -> bool:
        names = _sealed(local)
        with _told(self.address):
            if self._files.exists(self._path(location, SEAL)):
                if not replace:
                    return False
                self._files.rm_file(self._path(location, SEAL))
            others = [name for name in names if name != SEAL]
            if not self._flat:
                for parent in sorted({str(PurePosixPath(self._path(location, name)).parent) for name in names}):
                    self._files.makedirs(parent, exist_ok=True)
            if stale := [name for name in self.names(location) if name not in names]:
                self._files.rm([self._path(location, name) for name in stale])
            if others:
                self._files.put([str(local / name) for name in others], [self._path(location, name) for name in others])
            self._files.put_file(str(local / SEAL), self._path(location, SEAL))
        return True

    def exists(self, location: str) -> bool:
        with _told(self.address):
            return self._files.exists(self._path(location, SEAL))

    def names(self, location: str) -> tuple[str, ...]:
        start = self._path(location, None) + "/"
        with _told(self.address):
            found = [path for path in self._find(self._path(location, None)) if path.startswith(start)]
        return tuple(sorted(path.removeprefix(start) for path in found))

    def open(self, location: str, name: str) -> IO[bytes]:
        path = self._path(location, name)
        with _told(self.address, missing=True):
            if not self._files.exists(path):
                raise FileNotFoundError(f"{location}/{name}")
            return self._files.open(path, "rb")

    def fetch_folder(self, location: str, local: Path) -> Path:
        if not self.exists(location):
            raise FileNotFoundError(location)
        with _told(self.address):
            # A name from a bucket is no better than any other that came over a network.
            names = [checked_name(name) for name in self.names(location)]
            local.parent.mkdir(parents=True, exist_ok=True)

            def fill(draft: Path) -> None:
                for name in names:
                    (draft / name).parent.mkdir(parents=True, exist_ok=True)
                self._files.get(
                    [self._path(location, str(name)) for name in names], [str(draft / name) for name in names]
                )

            LocalPlace._become(local, fill, replace=True)
        return local

    def delete(self, location: str) -> None:
        with _told(self.address):
            if self._files.exists(self._path(location, SEAL)):
                self._files.rm_file(self._path(location, SEAL))
            if names := self.names(location):
                self._files.rm([self._path(location, name) for name in names])

    def locations(self) -> Iterator[str]:
        with _told(self.address):
            found = sorted(path for path in self._find(self._root) if path.endswith(f"/{SEAL}"))
        for path in found:
            location = path.removeprefix(f"{self._root}/").removesuffix(f"/{SEAL}")
            if all(_PART.fullmatch(part) for part in location.split("/")):
                yield location

    def _find(self, path: str) -> list[str]:
        try:
            return self._files.find(path)
        except FileNotFoundError:
            return []

    def _path(self, location: str, name: str | None) -> str:
        folder = f"{self._root}/{checked_location(location)}"
        return folder if name is None else f"{folder}/{checked_name(name)}"


def _sealed(folder: Path) -> tuple[str, ...]:
    names = _names(folder)
    if SEAL not in names:
        raise EvidenceError(f"{folder} is no finished scan: it has no {SEAL}")
    return names


def _names(folder: Path) -> tuple[str, ...]:
    """Ordinary files beneath a folder, relative to it; neither links nor what links lead to."""
    found: list[str] = []
    for parent, _, files in os.walk(folder, followlinks=False):
        for name in files:
            path = Path(parent) / name
            if path.is_file() and not path.is_symlink():
                found.append(path.relative_to(folder).as_posix())
    return tuple(sorted(found))


def _copy(source: Path, draft: Path, names: Iterable[str]) -> None:
    """Copy files durably, the seal last, so that a draft that outlives a crash is never taken for whole."""
    for name in sorted(names, key=lambda name: (name == SEAL, name)):
        target = draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with (source / name).open("rb") as given, target.open("wb") as taken:
            shutil.copyfileobj(given, taken, 1 << 20)
            taken.flush()
            os.fsync(taken.fileno())


def _discard(folder: Path) -> None:
    """Take a folder away in one step, so that nobody meets half of it, then free its space."""
    grave = folder.with_name(f"{_DRAFT}{uuid.uuid4().hex}")
    try:
        folder.rename(grave)
    except FileNotFoundError:
        return
    shutil.rmtree(grave, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove drafts that a crash left behind a day ago or earlier."""
    for draft in folder.glob(f"{_DRAFT}*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(draft, ignore_errors=True)


def _synced(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(address: str, *, missing: bool = False) -> Iterator[None]:
    """Let every error of a store come out as one of ours; that a file is not there too, unless `missing` is given.

    Each library of a store has exceptions of its own.
    """
    try:
        yield
    except ScannerError:
        raise
    except Exception as error:
        if missing and isinstance(error, FileNotFoundError):
            raise
        raise EvidenceError(f"reports at {address}: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    lines: list[Any] = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__

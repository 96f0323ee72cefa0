"""Reading the catalogue: from the compiled JSON of the package, or from its sources where those are newer."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from scanner.classify.catalogue.compiled import FORMAT, Layer, compile_layer
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.index import LayerIndex
from scanner.classify.catalogue.packs.filters import FilterList
from scanner.classify.catalogue.packs.opening import Opened, installed_list, open_pack
from scanner.classify.catalogue.schema import VendorFile
from scanner.errors import UsageError

COMPILED_NAME = "catalogue.json"
SOURCES_NAME = "vendors"


class CatalogueError(UsageError):
    """A vendor file cannot be used; the text names the file, the field and the reason."""


def data_folder() -> Path:
    """The folder of the shipped catalogue: its compiled form and, in a checkout, its sources."""
    return Path(str(resources.files("scanner.classify"))) / "data"


def read_vendor(path: Path) -> VendorFile:
    """One vendor file; raises `CatalogueError`."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    try:
        return VendorFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(f"{path}: {where}: {first['msg']}") from error


def read_folder(folder: Path) -> tuple[VendorFile, ...]:
    """All vendor files of a folder, sorted by name; raises `CatalogueError`."""
    return tuple(read_vendor(path) for path in sorted(folder.glob("*.toml")))


def stamp_of(folder: Path) -> str:
    """What changes when a source file is added, changed or removed; empty where there are no sources."""
    count = size = changed = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(".toml"):
                    facts = entry.stat()
                    count += 1
                    size += facts.st_size
                    changed += facts.st_mtime_ns
    except FileNotFoundError:
        return ""
    return f"{count} files, {size} bytes, {changed}" if count else ""


def encode(layer: Layer) -> bytes:
    """The compiled form as it is kept on disk."""
    return json.dumps(layer, ensure_ascii=False, separators=(",", ":")).encode()


def shipped_layer(folder: Path) -> Layer:
    """The compiled catalogue of a data folder; compiled anew, and kept, where its sources have changed."""
    compiled = folder / COMPILED_NAME
    stamp = stamp_of(folder / SOURCES_NAME)
    kept = _read_compiled(compiled)
    if kept is not None and (not stamp or kept["stamp"] == stamp):
        return kept
    if not stamp:
        raise CatalogueError(f"{folder}: the package lacks its catalogue; install it again")
    layer = compile_layer(read_folder(folder / SOURCES_NAME), stamp)
    _keep(compiled, encode(layer))
    return layer


def _read_compiled(path: Path) -> Layer | None:
    try:
        layer = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(layer, dict) or layer.get("format") != FORMAT:
        return None
    return cast("Layer", layer)


def _keep(path: Path, data: bytes) -> None:
    """Write in one step, so that a reader never sees half a file; a folder that cannot be written is no error."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".catalogue-")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)


def load_catalogue(extra: Iterable[Path] = (), *, folder: Path | None = None) -> Catalogue:
    """The shipped catalogue with the packs that the user names.

    Folders of vendor files stand in front, the first before the others. Databases of trackers and filter lists stand
    behind: they speak where the catalogue is silent. `easyprivacy` and `easylist`, where no such path exists, are
    those of an ad blocker that Debian installed. Raises `CatalogueError` (a usage error) for what cannot be used.
    """
    front: list[LayerIndex] = []
    behind: list[LayerIndex] = []
    lists: list[FilterList] = []
    for path in extra:
        if path.is_dir() and any(path.glob("*.toml")):
            front.append(_folder(path))
            continue
        opened = _open(path)
        if opened.filters is not None:
            lists.append(opened.filters)
        if opened.layer is not None:
            behind.append(LayerIndex(opened.layer, pack=opened.name))
    shipped = LayerIndex(shipped_layer(folder or data_folder()))
    return Catalogue([*front, shipped, *behind], lists)


def _open(path: Path) -> Opened:
    """A pack that is no folder of vendor files; raises `CatalogueError`."""
    if not path.exists():
        found = installed_list(str(path))
        if found is None:
            raise CatalogueError(f"{path}: no such folder of vendor files, filter list or database of trackers")
        path = found
    try:
        opened = open_pack(path)
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    if opened is None:
        what = "holds no vendor file (*.toml) and no database of trackers" if path.is_dir() else "is no filter list"
        raise CatalogueError(f"{path}: {what}")
    return opened


def _folder(folder: Path) -> LayerIndex:
    files = read_folder(folder)
    _unscoped_third_parties(folder, files)
    return LayerIndex(compile_layer(files), pack=folder.resolve().name)


def _unscoped_third_parties(folder: Path, files: Sequence[VendorFile]) -> None:
    """A third-party cookie of a vendor without hosts would hold everywhere, which nobody can mean."""
    for vendor in files:
        for entry in vendor.cookie:
            if entry.party == "third" and not entry.domains and not (vendor.hosts or vendor.host):
                raise CatalogueError(f"{folder}: {vendor.id}: third-party cookie {entry.name!r} needs `domains`")

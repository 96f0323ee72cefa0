"""A finished scan read back from its `scan.json`."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from scanner.errors import UsageError
from scanner.model.scan import Scan

SCAN_FILE = "scan.json"


def load_scan(path: Path) -> Scan:
    """The scan of a folder, or of a `scan.json`.

    Raises UsageError, in one sentence, for what is not there, cannot be read, or is no result of a scan.
    """
    file = path / SCAN_FILE if path.is_dir() else path
    try:
        text = file.read_bytes()
    except FileNotFoundError as error:
        missing = f"no {SCAN_FILE} in this folder" if path.is_dir() else "no such file or folder"
        raise UsageError(f"{path}: {missing}; give the folder of a scan or its {SCAN_FILE}") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return Scan.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise UsageError(
            f"{file}: not the result of a scan: {place + ': ' if place else ''}{problem['msg']}"
        ) from error

"""Write `fixtures/golden/` anew: what the program makes today of every recorded evidence in `fixtures/evidence/`.

After a change that is meant, run it and read the difference: it is what owners will see. `--check` only says what
differs (exit 1).
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = ROOT / "fixtures" / "evidence"
GOLDEN = ROOT / "fixtures" / "golden"
FILES = ("scan.json", "report.html", "declaration.html", "report.md", "findings.sarif", "junit.xml")
_PICTURE = re.compile(rb"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+")
LANGUAGES = {"medicines-group": "de", "medical-society": "fr"}
"""Sites whose pages are kept in another language than English."""


def made(site: str, folder: Path) -> dict[str, bytes]:
    """The files of one site: `scan.json` and all that people and programs read, the pictures inside cut out."""
    from scanner.classify import load_catalogue
    from scanner.config import override
    from scanner.config.schema import Config
    from scanner.judging import audit

    changes = {"language": LANGUAGES.get(site, "en"), "format": "markdown,sarif,junit"}
    audit(EVIDENCE / site, override(Config(), changes), load_catalogue(), out=folder / "out")
    return {name: _PICTURE.sub(b"data:image/cut", (folder / "out" / name).read_bytes()) for name in FILES}


def sites() -> tuple[str, ...]:
    """The names of all recorded sites."""
    return tuple(sorted(path.name for path in EVIDENCE.iterdir() if (path / "evidence").is_dir()))


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what differs")
    check = parser.parse_args(arguments).check
    differing: list[str] = []
    for site in sites():
        with tempfile.TemporaryDirectory() as scratch:
            for name, content in made(site, Path(scratch)).items():
                path = GOLDEN / site / name
                if path.is_file() and path.read_bytes() == content:
                    continue
                differing.append(f"{site}/{name}")
                if not check:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
    for name in differing:
        print(f"{'differs' if check else 'written'}: fixtures/golden/{name}")
    return int(check and bool(differing))


if __name__ == "__main__":
    sys.exit(main())

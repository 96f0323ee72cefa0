"""Brings the translations in `scanner/messages/data/` up to date with the texts of the program.

New texts are added without a translation, texts that are gone are removed. `--check` only says what is missing
(exit 1). Translate in the PO files themselves, with any editor for GNU gettext.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "scanner" / "messages" / "data"
LANGUAGES = ("de", "es", "fr", "it")
# A `Message` has one text or two; what is found as a pair counts as a pair.
KEYWORDS = ({"Message": (1, 2), "say_n": (1, 2)}, {"Message": None, "say": None, "mark": None})
FOLDERS = ("audit", "messages", "report")


def texts() -> Iterator[tuple[str | tuple[str, str], str]]:
    """Every text of the program, as one string or as the pair for one and many, and the file that has it."""
    for folder in FOLDERS:
        for path in sorted((ROOT / "scanner" / folder).rglob("*")):
            method = {".py": extract_python, ".j2": babel_extract}.get(path.suffix)
            if method is None:
                continue
            options = {"trimmed": "false"} if path.suffix == ".j2" else {}
            for keywords in KEYWORDS:
                for _, message, _, _ in extract(method, io.BytesIO(path.read_bytes()), keywords, options=options):
                    yield message, path.relative_to(ROOT).as_posix()


def template() -> Catalog:
    """All texts, each once; a text that is used for one thing and for many keeps its form for many."""
    catalog = Catalog(charset="utf-8")
    for message, _ in texts():
        known = catalog.get(message if isinstance(message, str) else message[0])
        if known is None or (isinstance(known.id, str) and not isinstance(message, str)):
            if known is not None:
                catalog.delete(known.id)
            catalog.add(message)
    return catalog


def merged(language: str) -> Catalog:
    """The catalogue of a language with exactly the texts of the program."""
    path = DATA / f"{language}.po"
    old = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.is_file() else Catalog(locale=language)
    new = Catalog(locale=language, project="cookie-scanner", charset="utf-8", fuzzy=False)
    for message in template():
        if not message.id:
            continue
        known = old.get(message.id if isinstance(message.id, str) else message.id[0])
        given = known.string if known is not None else None
        fits = isinstance(given, str) == isinstance(message.id, str)
        new.add(message.id, given if fits and given is not None else None)
    return new


def written(catalog: Catalog) -> bytes:
    """A catalogue as a PO file without dates, so that it changes only with its texts."""
    out = io.BytesIO()
    write_po(out, catalog, omit_header=True, sort_output=True, width=0)
    plural = {"fr": "n > 1"}.get(str(catalog.locale), "n != 1")
    head = (
        'msgid ""\nmsgstr ""\n"Language: '
        f'{catalog.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: nplurals=2; plural=({plural});\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    check = parser.parse_args(arguments).check
    status = 0
    for language in LANGUAGES:
        catalog = merged(language)
        missing = [message.id for message in catalog if message.id and not _whole(message.string)]
        for text in missing:
            print(f"{language}: no translation of {text!r}")
        path, content = DATA / f"{language}.po", written(catalog)
        stale = not path.is_file() or path.read_bytes() != content
        if check and stale:
            print(f"{language}: not current: run tools/messages.py")
        elif stale:
            path.write_bytes(content)
        status = status or int(bool(missing) or (check and stale))
    return status


def _whole(translation: object) -> bool:
    forms = translation if isinstance(translation, tuple | list) else (translation,)
    return all(forms)


if __name__ == "__main__":
    sys.exit(main())

"""Templates as Jinja compiled them, kept for the next run: compiling them all takes a third of a second."""

from __future__ import annotations

import os
from functools import cache
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from scanner import __version__
from scanner.kept import keep, kept_in


class KeptTemplates(BytecodeCache):
    """Each template's code in a file of its own, behind a digest of it and of what it was made with.

    Code that anybody else could have written is not run.
    """

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """As Jinja asks for it; where the program is installed makes no difference."""
        del filename
        return super().get_cache_key(name)

    def load_bytecode(self, bucket: Bucket) -> None:
        """As Jinja calls it: fill the bucket, where there is something for it."""
        try:
            with _place(bucket).open("rb") as file:
                ours = os.fstat(file.fileno()).st_uid == os.geteuid()
                kept = file.read() if ours else b""
        except OSError:
            return
        digest, code = kept[:32], kept[32:]
        if digest == _digest(code):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As Jinja calls it: keep what is in the bucket."""
        code = bucket.bytecode_to_string()
        keep(_place(bucket), _digest(code) + code)


def _place(bucket: Bucket) -> Path:
    return kept_in("templates", bucket.key)


def _digest(code: bytes) -> bytes:
    return sha256(_made_with() + code).digest()


@cache
def _made_with() -> bytes:
    """What decides, beside a template's text, what is made of it: Jinja looks at constants while it compiles."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    facts = [(path.name, (state := path.stat()).st_mtime_ns, state.st_size) for path in sources]
    return repr((__version__, jinja2.__version__, facts)).encode()

"""Passwords: kept as scrypt hashes only, and compared in a time that tells nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from scanner.errors import UsageError

_MARK = "scrypt"
# OWASP, "Password Storage Cheat Sheet": N=2^15, r=8, p=3 is one of its equivalent settings (32 MiB of memory).
_COST, _BLOCK, _LANES = 2**15, 8, 3
_LENGTH, _SALT = 32, 16
_MOST_MEMORY = 128 * 1024 * 1024
LONGEST = 1024
"""Characters of a password that are looked at; whoever sends more has not forgotten a password."""


@dataclass(frozen=True, slots=True)
class Password:
    """The hash of a password with what is needed to make it again."""

    cost: int
    block: int
    lanes: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, plain: str, *, cost: int = _COST, block: int = _BLOCK, lanes: int = _LANES) -> Password:
        """A password hashed with a salt of its own; the other values are scrypt's N, r and p."""
        salt = os.urandom(_SALT)
        return cls(cost, block, lanes, salt, _digest(plain, salt, cost, block, lanes))

    @classmethod
    def read(cls, text: str) -> Password:
        """A secret as it was given: a hash as `text` writes it, or else the password itself, hashed on the spot.

        Raises UsageError for a hash that is damaged or would need more than 128 MiB to check.
        """
        if not text.startswith(f"{_MARK}$"):
            return cls.of(text)
        try:
            _, cost, block, lanes, salt, digest = text.strip().split("$")
            made = cls(
                int(cost), int(block), int(lanes), base64.b64decode(salt, validate=True), base64.b64decode(digest)
            )
            _digest("", made.salt, made.cost, made.block, made.lanes)
        except (ValueError, binascii.Error) as error:
            raise UsageError("a password's hash is damaged; make it anew with serve --hash-password") from error
        if len(made.digest) != _LENGTH:
            raise UsageError("a password's hash is damaged; make it anew with serve --hash-password")
        return made

    @property
    def text(self) -> str:
        """The hash in one line: `scrypt$N$r$p$salt$digest`, the last two in base64."""
        salt, digest = (base64.b64encode(part).decode("ascii") for part in (self.salt, self.digest))
        return f"{_MARK}${self.cost}${self.block}${self.lanes}${salt}${digest}"

    def fits(self, plain: str) -> bool:
        """Whether this is the password. Takes as long for a wrong one as for the right one."""
        made = _digest(plain[:LONGEST], self.salt, self.cost, self.block, self.lanes)
        return hmac.compare_digest(made, self.digest)


class Users:
    """Who may come in. A name that nobody has takes as long to refuse as a wrong password."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        """`passwords` maps names to passwords or hashes; they are hashed here and forgotten."""
        self._known = {name: Password.read(text) for name, text in passwords.items()}
        self._nobody: Password | None = None
        for one in self._known.values():
            self._nobody = Password.of(os.urandom(16).hex(), cost=one.cost, block=one.block, lanes=one.lanes)
            break

    def __bool__(self) -> bool:
        return bool(self._known)

    def admits(self, name: str, plain: str) -> bool:
        """Whether this name has this password."""
        known = self._known.get(name)
        asked = known or self._nobody
        return asked is not None and asked.fits(plain) and known is not None


def _digest(plain: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(
        plain.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost,
        r=block,
        p=lanes,
        maxmem=_MOST_MEMORY,
        dklen=_LENGTH,
    )

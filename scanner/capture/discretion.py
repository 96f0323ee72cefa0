"""What capture must not decide by itself where somebody logs in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, Protocol


class Conceal(Protocol):
    """Told of values that must stand nowhere in what is written down."""

    def __call__(self, values: Collection[str], *, certain: bool = False) -> None:
        """`certain`: they are secrets, however plain they look."""


LeaveBehind = Callable[[Literal["cookie", "local"], str, str], bool]
"""Whether a cookie or a key of localStorage, by its name and host, is no part of being logged in."""


@dataclass(frozen=True)
class Discretion:
    """What capture must not decide by itself where somebody logs in: what is kept out of the evidence, and how.

    Some cookies and items are left behind: answers to a banner, so that each state finds it, and what measures or
    advertises, so that it is seen being set.
    """

    conceal: Conceal
    leave_behind: LeaveBehind

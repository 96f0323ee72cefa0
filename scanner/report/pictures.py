"""Screenshots inside the page: data addresses, sizes, and where on a picture a button stands."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scanner.messages import Labels, Message
from scanner.model.base import StateName
from scanner.model.consent import BannerButton
from scanner.model.inventory import State
from scanner.model.scan import Scan
from scanner.report.words import in_order, inside, state_label

BUDGET = 6_000_000
"""Bytes of pictures that a report carries; what goes beyond is named instead, so that the page stays usable."""

_LABELS: Labels[str] = Labels(
    {"banner": Message("The banner"), "settings": Message("The banner's settings"), "page": Message("The page")}
)
# Pixels shown around the buttons; more above them, where the words of the banner stand.
_AROUND, _ABOVE, _LEAST_WIDTH = 24.0, 140.0, 900.0
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True)
class Mark:
    """A button's place on a picture, in pixels of the picture."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One screenshot. `data` is a data address, empty where the picture is not at hand or the budget is spent.

    `states` are those whose picture is this very one.
    """

    file: str
    states: tuple[StateName, ...]
    anchor: str
    label: str
    data: str
    width: int
    height: int
    marks: tuple[Mark, ...] = ()

    @property
    def caption(self) -> str:
        """What it shows, and when."""
        return f"{self.label}: {', '.join(inside(state_label(state)) for state in self.states)}"


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a picture, in pixels of the picture, with the marks on it."""

    shot: Picture
    x: float
    y: float
    width: float
    height: float
    marks: tuple[Mark, ...]


def gallery(scan: Scan, pictures: Mapping[str, bytes]) -> tuple[Picture, ...]:
    """All screenshots of a scan in the order of its states; the same picture is carried once."""
    shown: list[Picture] = []
    carriers: dict[bytes, int] = {}
    spent = 0
    for state in in_order(scan.states):
        for file in scan.states[state].screenshots:
            content = pictures.get(file, b"")
            if content and content in carriers:
                position = carriers[content]
                states = in_order((*shown[position].states, state))
                shown[position] = replace(shown[position], states=states)
                continue
            kind = _kind(content)
            spent += len(content) if kind else 0
            carried = kind is not None and spent <= BUDGET
            width, height = _dimensions(content) if carried else (0, 0)
            carriers[content] = len(shown)
            data = f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}" if carried else ""
            marks = _marks(scan.states[state], file, width, height) if carried else ()
            anchor = f"picture-{len(shown) + 1}"
            shown.append(Picture(file, (state,), anchor, _LABELS[_label(file)], data, width, height, marks))
    return tuple(shown)


def cropped(shot: Picture) -> Crop | None:
    """The part of a picture where its framed buttons stand, with some of what is around them; null where none are."""
    if not shot.data or not shot.marks:
        return None
    left = max(0.0, min(mark.x for mark in shot.marks) - _AROUND)
    top = max(0.0, min(mark.y for mark in shot.marks) - _ABOVE)
    right = min(float(shot.width), max(mark.x + mark.width for mark in shot.marks) + _AROUND)
    bottom = min(float(shot.height), max(mark.y + mark.height for mark in shot.marks) + _AROUND)
    wide = max(right - left, min(_LEAST_WIDTH, float(shot.width)))
    left = max(0.0, min((left + right - wide) / 2, shot.width - wide))
    return Crop(shot, round(left, 1), round(top, 1), round(wide, 1), round(bottom - top, 1), shot.marks)


def _label(file: str) -> str:
    stem = re.sub(r"-\d+$", "", file.rpartition("/")[2].rpartition(".")[0])
    return next((label for label in _LABELS if label in stem.rsplit("-", 1)[-1]), "page")


def _marks(state: State, file: str, width: int, height: int) -> tuple[Mark, ...]:
    """Buttons of the layer that the picture shows; a place outside the picture is left out."""
    layer = {"banner": 1, "settings": 2}.get(_label(file))
    return tuple(
        Mark(*look.rect, look.text)
        for look in state.banner.looks
        if look.layer == layer and look.rect is not None and _inside(look, width, height)
    )


def _inside(look: BannerButton, width: int, height: int) -> bool:
    if look.rect is None:
        return False
    x, y, wide, high = look.rect
    return wide > 0 and high > 0 and x >= 0 and y >= 0 and x + wide <= width and y + high <= height


def _kind(content: bytes) -> str | None:
    """The picture's type by its first bytes; null for anything a page should not carry."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return None


def _dimensions(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, (0, 0) where the file does not say (it is shown all the same)."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg_dimensions(content)
    return 0, 0


def _jpeg_dimensions(content: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return 0, 0

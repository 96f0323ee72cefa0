"""What the probe reports, as Python sees it: places, buttons and toggles of one document, with their meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from scanner.capture.consent.frames import Document
from scanner.capture.consent.words.labels import FORBIDS, HEADING, TICKED, Label, Role, forbids, label
from scanner.capture.consent.words.topics import ToggleCategory, category_of
from scanner.model.consent import BannerButton, ButtonAction

_ACTIONS: dict[Role, ButtonAction] = {
    "accept": "accept",
    "reject": "reject",
    "object": "reject",
    "settings": "settings",
    "save": "save",
    "close": "close",
    "pay": "pay",
    "ack": "ack",
}


@dataclass(frozen=True)
class PageButton:
    """One element that acts. `el` is its number in the probe's list; `rect` is x, y, width, height in its frame."""

    el: int
    text: str
    name: str
    tag: str
    role: str
    names: str
    href: str
    link: bool
    rect: tuple[float, float, float, float]
    font: float | None
    foreground: str
    background: str
    disabled: bool
    expanded: str
    selected: str
    pressed: str
    marks: str
    row: str
    meaning: Label

    @property
    def words(self) -> str:
        """What a visitor reads on it, or hears."""
        return self.text or self.name

    @property
    def area(self) -> float:
        """Size in square CSS pixels."""
        return self.rect[2] * self.rect[3]

    def seen(self, layer: int, origin: tuple[float, float] = (0.0, 0.0)) -> BannerButton | None:
        """As evidence; null for a button that does nothing to the choice. `origin` is where its frame stands."""
        action = _ACTIONS.get(self.meaning.role)
        if action is None:
            return None
        return BannerButton(
            action=action,
            layer=1 if layer == 1 else 2,
            text=self.words,
            rect=(self.rect[0] + origin[0], self.rect[1] + origin[1], self.rect[2], self.rect[3]),
            foreground=self.foreground or None,
            background=self.background or None,
            font_px=self.font,
            element=self.tag,
        )


@dataclass(frozen=True)
class Toggle:
    """One checkbox, switch or radio button. `visible` is false where the page draws something else in its place."""

    el: int
    on: bool
    radio: bool
    group: str
    disabled: bool
    visible: bool
    text: str
    around: str
    category: ToggleCategory
    inverted: bool = False
    """Whether switching it on forbids something ("do not sell my data")."""

    @property
    def words(self) -> str:
        """Its label, or what stands around it."""
        return (self.text or self.around)[:120]

    @property
    def locked(self) -> bool:
        """Whether it is none of the visitor's choices: greyed out, or labelled necessary."""
        return self.disabled or self.category == "necessary"


@dataclass(frozen=True)
class Dial:
    """One control that chooses a level: a list (`select`), an `input` of type range, or a drawn slider."""

    el: int
    kind: Literal["select", "range", "slider"]
    options: tuple[str, ...]
    label: str
    visible: bool


@dataclass(frozen=True)
class Place:
    """A place of the page that may hold a consent notice. Facts only, but for the roles of its buttons."""

    el: int
    text: str
    tag: str
    chain: str
    role: str
    language: str
    dialog: bool
    position: str
    above: bool
    rect: tuple[float, float, float, float]
    body: bool
    header: bool
    footer: bool
    content: bool
    framed: bool
    viewport: tuple[float, float]
    fields: tuple[str, ...]
    buttons: tuple[PageButton, ...]
    toggles: tuple[Toggle, ...]
    dials: tuple[Dial, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def refusals(self) -> list[PageButton]:
        """Its buttons that refuse beyond doubt, and are no headings of a category."""
        return [b for b in self.having("reject") if b.meaning.strength > HEADING + 1]

    def having(self, role: Role) -> list[PageButton]:
        """Its buttons of one role that can be pressed."""
        return [b for b in self.buttons if b.meaning.role == role and not b.disabled]

    @property
    def roles(self) -> frozenset[Role]:
        """All roles of its buttons."""
        return frozenset(b.meaning.role for b in self.buttons)

    @property
    def choices(self) -> tuple[Toggle, ...]:
        """The toggles that a visitor may set: neither locked nor radio buttons."""
        return tuple(t for t in self.toggles if not t.locked and not t.radio)


@dataclass(frozen=True)
class Seen:
    """A place that was weighed: where it is, how sure, and why."""

    document: Document
    elements: str
    place: Place
    score: float
    reasons: tuple[str, ...] = field(default=())
    origin: tuple[float, float] = (0.0, 0.0)
    """Where the viewport of its frame stands in the page's viewport."""


def read_place(raw: dict[str, Any], info: dict[str, Any], languages: tuple[str, ...]) -> Place:
    """One candidate of the probe's report. `languages` are those its words were found to be in, surest first."""
    return Place(
        el=raw["el"],
        text=raw["text"],
        tag=raw["tag"],
        chain=raw["chain"],
        role=raw["role"],
        language=raw["lang"],
        dialog=raw["dialog"],
        position=raw["position"],
        above=raw["above"],
        rect=_rect(raw["rect"]),
        body=raw["body"],
        header=raw["header"],
        footer=raw["footer"],
        content=raw["content"],
        framed=info["framed"],
        viewport=cast("tuple[float, float]", tuple(info["viewport"])),
        fields=tuple(raw["fields"]),
        buttons=_signs(tuple(_button(b, languages) for b in raw["buttons"])),
        toggles=tuple(_toggle(t, languages) for t in raw["toggles"] if not _pressed_button(t, languages)),
        dials=tuple(_dial(d) for d in raw["dials"]),
        languages=languages,
    )


def _dial(raw: dict[str, Any]) -> Dial:
    return Dial(raw["el"], raw["kind"], tuple(raw["options"]), raw["label"], raw["visible"])


def _pressed_button(raw: dict[str, Any], languages: tuple[str, ...]) -> bool:
    """Whether a "pressed" state belongs to a button such as "deny", of a pair, and not to a switch."""
    return raw["pressed"] and label(raw["label"], languages).role in ("accept", "reject", "save", "settings")


def _rect(values: list[float]) -> tuple[float, float, float, float]:
    x, y, width, height = values
    return float(x), float(y), float(width), float(height)


_CROSSES = frozenset("x×✕✖✗✘⨯╳❌🗙ⓧ⊗👎")


def _signs(buttons: tuple[PageButton, ...]) -> tuple[PageButton, ...]:
    """Beside a button that is a tick and nothing more, one that is a cross refuses; alone it closes."""
    if not any(b.meaning.role == "accept" and b.meaning.strength == TICKED for b in buttons):
        return buttons
    return tuple(
        replace(b, meaning=Label("reject", TICKED))
        if b.text.strip()[:1].casefold() in _CROSSES and len(b.text) <= 2
        else b
        for b in buttons
    )


def _button(raw: dict[str, Any], languages: tuple[str, ...]) -> PageButton:
    return PageButton(
        el=raw["el"],
        text=raw["text"],
        name=raw["label"],
        tag=raw["tag"],
        role=raw["role"],
        names=raw["names"],
        href=raw["href"],
        link=raw["link"],
        rect=_rect(raw["rect"]),
        font=raw["font"],
        foreground=raw["foreground"],
        background=raw["background"],
        disabled=raw["disabled"],
        expanded=raw["expanded"],
        selected=raw["selected"],
        pressed=raw["pressed"],
        marks=raw["marks"],
        row=raw["row"],
        meaning=_meaning(raw, languages),
    )


def _meaning(raw: dict[str, Any], languages: tuple[str, ...]) -> Label:
    """What a button does. Its visible words count first; an accessible name may say more than "Yes" or an icon."""
    if raw["role"] == "tab":
        return Label("other")  # a tab called "consent" shows something and grants nothing
    seen = label(raw["text"], languages)
    said = label(raw["label"], languages)
    best = seen if seen.role != "other" else said
    if seen.role in ("accept", "ack", "close") and said.role == "reject":
        best = said  # the accessible name corrects what a bare "OK" or an icon seems to say
    if best.role == "other":
        best = label("", languages, raw["names"]) if len(raw["text"]) <= 60 else best
    if raw["expanded"] and best.role in ("accept", "reject", "save") and best.strength <= HEADING + 2:
        return Label("info", 1.0, best.language)
    if raw["link"] and best.role == "reject" and best.strength <= FORBIDS + 1 and forbids(raw["text"], languages):
        return Label("info", 1.0, best.language)  # "do not sell my data" leads to another page
    if raw["link"] and best.role in ("accept", "save", "ack", "close", "object") and best.strength < 7:
        return Label("info", 1.0, best.language)
    return best


def _toggle(raw: dict[str, Any], languages: tuple[str, ...]) -> Toggle:
    return Toggle(
        el=raw["el"],
        on=raw["on"],
        radio=raw["radio"],
        group=raw["group"],
        disabled=raw["disabled"],
        visible=raw["visible"],
        text=raw["label"],
        around=raw["around"],
        category=category_of(raw["label"], raw["around"], raw["names"], languages),
        inverted=not raw["radio"] and forbids(raw["label"], languages),
    )

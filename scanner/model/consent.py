"""What was seen of consent: the banner as it stood, the answer that was made, and the signals around both.

Records of the same kind as those of `evidence`, which names them all.
"""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from scanner.model.base import Model, Phase, StateName

ButtonAction = Literal["accept", "reject", "settings", "save", "close", "pay", "ack"]


class BannerButton(Model):
    """One button of a banner: what it does, on which layer, with its visible words.

    `rect` is x, y, width, height in the page's viewport, as on a screenshot, whichever frame the button lies in.
    """

    action: ButtonAction
    layer: Literal[1, 2]
    text: str
    rect: tuple[float, float, float, float] | None = None
    foreground: str | None = None
    background: str | None = None
    font_px: float | None = None
    element: str | None = None


class BannerStance(Model):
    """How a banner stands on the page. Lengths are CSS pixels of the page's viewport; `rect` is x, y, width, height.

    `covers` is its share of the viewport (0 to 1). `behind` says what can be reached beside it: `usable` where most of
    the page answers to the pointer, `blocked` where a layer or a modal dialog lies over it. `scroll_locked`: the page
    is longer than the screen and does not scroll. `language` is that of its words, `page_language` what the page
    declares. `policy` and `imprint` are addresses that its links lead to.
    """

    rect: tuple[float, float, float, float]
    viewport: tuple[float, float]
    covers: float
    position: Literal["top", "bottom", "left", "right", "centre", "full", "in-flow"]
    behind: Literal["usable", "blocked"] | None = None
    scroll_locked: bool | None = None
    language: str | None = None
    page_language: str | None = None
    policy: tuple[str, ...] = ()
    imprint: tuple[str, ...] = ()


class BannerSeen(Model):
    """What a method of answering saw on the screen at one moment. `found: false` is an observation too."""

    kind: Literal["banner"] = "banner"
    visit: str
    context: StateName
    phase: Phase
    moment: Literal["loaded", "settings", "answered", "reloaded"] = "loaded"
    found: bool
    cmp: str | None = None
    method: Literal["rule", "heuristic", "recipe"] | None = None
    languages: tuple[str, ...] = ()
    text: str = ""
    buttons: tuple[BannerButton, ...] = ()
    preselected: tuple[str, ...] = ()
    frame_url: str | None = None
    screenshot: str | None = None
    stance: BannerStance | None = None
    notes: tuple[str, ...] = ()


class Step(Model):
    """One thing done to a banner: which element, how it was pressed, what was seen after."""

    did: str
    target: str = ""
    result: str = ""


class ChoiceMade(Model):
    """An answer to a banner: asked for, made, proven.

    `made` is null when nothing was pressed. `verified` needs the banner gone after the click and still gone after a
    reload; `proofs` names what held and `contradictions` what spoke against it. `via_api` says that a platform's
    programming interface was called instead of a button that a visitor could press. `begun_ms` is the moment of the
    first press in the life of the page of `visit`.
    """

    kind: Literal["choice"] = "choice"
    visit: str
    context: StateName
    wanted: StateName
    made: Literal["accept", "reject", "withdraw", "save", "ack", "close"] | None = None
    begun_ms: float | None = None
    verified: bool = False
    clicks: int | None = None
    method: Literal["rule", "heuristic", "recipe"] | None = None
    via_api: bool = False
    how: str = ""
    steps: tuple[Step, ...] = ()
    proofs: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    error: str | None = None


class SignalsRead(Model):
    """Consent signals as the page gives them (`tcf`, `gpp`, `usp`, `google_consent_mode`, `cmp_cookie`, `gpc`)."""

    kind: Literal["signals"] = "signals"
    visit: str
    context: StateName
    phase: Phase
    values: dict[str, JsonValue]


class Screenshot(Model):
    """A picture file of this scan, relative to the scan's folder."""

    kind: Literal["screenshot"] = "screenshot"
    visit: str
    context: StateName
    phase: Phase
    label: Literal["banner", "page", "settings"]
    file: str

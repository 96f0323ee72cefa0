"""preselected-choices: boxes that are ticked before the visitor has touched them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.audit import legal, needs
from scanner.audit.case import Case
from scanner.audit.message import Message, enumerate_words, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule

TITLE = Message("A choice in the banner is ticked in advance", "{count} choices in the banner are ticked in advance")
DETAIL = Message(
    "This box or switch was on before the visitor had touched it: {names}. A box ticked in advance is no consent; only "
    "what is strictly necessary may stand on.",
    "These boxes or switches were on before the visitor had touched them: {names}. A box ticked in advance is no "
    "consent; only what is strictly necessary may stand on.",
)
SWITCH_OFF = Message("Set every category but the necessary one to “off” by default in the banner's settings.")
WHERE = Message(
    "In consent platforms this is the default state of each category: choose the opt-in model for visitors from the "
    "EU (OneTrust: status “Inactive”; Cookiebot: no pre-selected checkboxes; CookieYes and Complianz: opt-in)."
)

# What is always on, in the words of banners of many languages.
_NECESSARY = re.compile(
    r"n[eé]cess|essen[tcz]|required|mandatory|notwendig|erforderlich|technis|unbedingt|indispens|obligato|obbligat|tecnic|"
    r"técnic|technique|noodzak|vereist|nødvend|nödvänd|välttämät|niezbędn|nezbytn|nevyhnutn|szükséges|strikt|strict|"
    r"απαραίτητ|необходим|необхідн|zorunlu|gerekli|必要|필수|הכרחי|ضروري",
    re.I,
)


def _check(case: Case) -> Iterator[Answer]:
    if case.banner is None:
        yield NotApplicable(say("The site shows no consent banner."))
        return
    name, banner = case.banner
    chosen = tuple(text for text in banner.preselected if text.strip() and not _NECESSARY.search(text))
    if not chosen:
        return
    yield Hit(
        severity="medium",
        title=TITLE(len(chosen)),
        subjects=("banner",),
        states=(name,),
        detail=DETAIL(len(chosen), names=enumerate_words(tuple(f"“{text}”" for text in chosen))),
        observed=case.banner_places("banner/preselected"),
        fix=steps(SWITCH_OFF(), WHERE()),
        confidence="likely",
    )


RULE = Rule(
    name="preselected-choices",
    group="consent",
    title="Nothing is ticked in advance",
    checks="Whether boxes or switches of the banner for anything but the necessary were on before any click.",
    needs=(needs.ANY_PAGE,),
    severity=(("medium", "always"),),
    subject="The word `banner`.",
    confidence="`likely`: the meaning of a box is read from its words.",
    fairness="Boxes for what is necessary, technical or required are left out, in many languages.",
    legal=(legal.PLANET49, legal.GDPR_4_11, legal.EDPB_BANNERS),
    texts=(TITLE, DETAIL),
    fixes=(SWITCH_OFF, WHERE),
    check=_check,
)

"""How much a place of the page looks like a consent notice, by what it says and how it stands."""

from __future__ import annotations

import re

from scanner.capture.consent.general.reading import Place
from scanner.capture.consent.words.labels import Role
from scanner.capture.consent.words.lexicon import normalise
from scanner.capture.consent.words.topics import Topic, topic

THRESHOLD = 8.0
"""From here on a place is taken for a consent notice."""

SECOND_LAYER = 2.0
"""Enough for a place that appeared after a settings button was pressed."""

_NAMED = re.compile(
    r"cookie|consent|gdpr|rgpd|dsgvo|(?:^|[\s_-])(?:cmp|cc|cky|ppms)[\s_-]|privacy|kvkk|lgpd|ccpa|tarteaucitron|didomi"
    r"|onetrust|truste|usercentrics|klaro|orejime|cybot|iubenda|axeptio|qc-cmp|sp_message|borlabs|cmplz",
    re.I,
)
_WORTH: tuple[tuple[Role, float], ...] = (
    ("accept", 3),
    ("reject", 3),
    ("settings", 2),
    ("save", 2),
    ("pay", 1),
    ("ack", 2),
)
_DENSE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TYPED = frozenset(("email", "password", "tel", "date"))

Reasons = list[tuple[str, float]]


def weigh(place: Place) -> tuple[float, tuple[str, ...]]:
    """The score of a place, and its reasons in words such as `cookie+4`."""
    said = topic(plain_text(place), place.language)
    reasons = [*_words(place, said), *_stance(place), *_buttons(place, said), *_doubts(place, said)]
    return sum(points for _, points in reasons), tuple(f"{name}{points:+g}" for name, points in reasons)


def named(place: Place) -> bool:
    """Whether its technical names speak of consent."""
    return bool(_NAMED.search(place.chain))


def plain_text(place: Place) -> str:
    """Its text without the words on its buttons: "Cookie settings" in a footer says nothing of a notice."""
    text = f" {normalise(place.text)} "
    for button in place.buttons:
        words = normalise(button.text)
        if words and len(words) < 90:
            text = text.replace(f" {words} ", " ", 1)
    return text.strip()


def _size(text: str) -> int:
    """Length of a text; scripts that write a word in a sign or two say as much in half the length."""
    return len(text) + len(_DENSE.findall(text))


def _words(place: Place, said: Topic) -> Reasons:
    reasons: Reasons = []
    if said.cookie:
        reasons.append(("cookie", 4))
    if said.privacy:
        reasons.append(("privacy", min(3, 1 + said.privacy // 2)))
    if said.usage:
        reasons.append(("usage", 1))
    if not said.cookie and not said.privacy:
        reasons.append(("no-term", -2 if named(place) and place.above else -8))
    if _size(plain_text(place)) < 25:
        reasons.append(("no-text", -3 if said.cookie and named(place) else -6))
    if said.cookie and not (said.usage or said.privacy or named(place) or _on_a_button(place)):
        reasons.append(("only-the-word", -7))  # cookies to eat, or to program with
    if not said.cookie and not named(place):
        if said.privacy < 2:
            reasons.append(("no-cookie-word", -6))
        if not {"accept", "reject"} <= place.roles:
            reasons.append(("weak", -3))
        if not place.above and not place.framed:
            reasons.append(("in-flow-without-cookies", -6))
    return reasons


def _on_a_button(place: Place) -> bool:
    """Whether a button or a choice speaks of cookies: "accept cookies"."""
    said = [b.words for b in place.buttons if b.meaning.role in ("accept", "reject")]
    said += [t.words for t in place.toggles] + [w for d in place.dials for w in (d.label, *d.options)]
    return any(topic(words, place.language).cookie for words in said[:40])


def _stance(place: Place) -> Reasons:
    reasons: Reasons = []
    if place.above:
        reasons.append(("above", 2))
    if place.dialog:
        reasons.append(("dialog", 2))
    if named(place):
        reasons.append(("named", 2))
    if place.framed and place.body:
        reasons.append(("framed", 1))
    if place.header and not place.above:
        reasons.append(("header", -5))
    if place.content and not (place.above or place.framed or named(place)):
        reasons.append(("part-of-the-content", -6))
    if place.footer and not place.above:
        reasons.append(("footer", -5))
    if len(place.text) > 3500 and not (place.dialog or place.position == "fixed"):
        reasons.append(("long", -4))
    if place.body and len(place.text) > 2500:
        reasons.append(("whole-page", -4))
    if (place.rect[2] < 80 or place.rect[3] < 20) and not place.framed:
        reasons.append(("tiny", -2))
    return reasons


def _buttons(place: Place, said: Topic) -> Reasons:
    roles = place.roles
    reasons: Reasons = [(role, points) for role, points in _WORTH if role in roles]
    if not roles & {"accept", "reject", "save", "ack", "settings", "close"}:
        reasons.append(("no-button", -8))
    elif not roles & {"accept", "ack", "settings", "save", "pay"}:
        # A refusal alone refuses something else; a cross alone is a notice only where the words are plain.
        plain = "reject" not in roles and said.cookie and said.usage > 0 and place.above
        reasons.append(("one-sided", 1 if plain else -6))
    if not roles & {"accept", "reject", "settings", "save"} and not (said.cookie and (said.usage or said.privacy)):
        reasons.append(("only-acknowledged", -4))
    if place.toggles and "save" in roles:
        reasons.append(("toggles", 2))
    if len(place.buttons) > 25:
        reasons.append(("many-buttons", -3))
    if not (place.above or named(place) or (place.framed and place.body)):
        if not ("accept" in roles and roles & {"reject", "settings"}):
            reasons.append(("in-flow", -4))
        if not roles & {"accept", "reject", "ack"}:
            reasons.append(("no-decision", -6))
        if not (said.privacy or said.usage):
            reasons.append(("no-context", -4))
    return reasons


def _doubts(place: Place, said: Topic) -> Reasons:
    reasons: Reasons = []
    typed = _TYPED.intersection(place.fields)
    if typed:
        reasons.append(("asks-for-" + "-".join(sorted(typed)), -6))
    elif "text" in place.fields and not place.toggles:
        reasons.append(("text-field", -3))
    if said.age and said.other:
        reasons.append(("age", -8))
    plain = said.cookie and place.roles & {"accept", "reject"} and said.other < 2
    if said.other and not plain:
        reasons.append(("other-topic", -5.0 * min(3, said.other)))
    return reasons

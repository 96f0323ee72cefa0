"""reject-harder-than-accept: a no takes more steps, or better eyes, than a yes."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs
from scanner.audit.case import Case, state_pointer
from scanner.audit.colour import contrast
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.model.base import StateName
from scanner.model.consent import BannerButton
from scanner.model.finding import Confidence, Severity
from scanner.model.inventory import Banner

TITLE = Message("Refusing takes more steps than accepting")
TITLE_LOOKS = Message("The button to refuse is harder to see than the button to accept")
LAYER = Message("“{accept}” stands on the first layer of the banner; a way to refuse (“{reject}”) only on the second.")
CLICKS = Message("Accepting took {accept} click(s), refusing {reject}.")
CONTRAST = Message(
    "The words of “{reject}” stand out from their background by {weak}:1, those of “{accept}” by {strong}:1. Below 3:1 "
    "text is hard to read for many people."
)
SMALL = Message("“{reject}” covers {share} % of the area of “{accept}”.")
SAME_LAYER = Message("Show “Reject all” on the first layer, beside “Accept all”, so that one click is enough for both.")
SAME_LOOK = Message("Give both buttons the same size, and colours that are equally easy to read.")
WHERE = Message(
    "Consent platforms have a switch for the reject button in the settings of the banner's layout (for example "
    "“Reject All” in OneTrust, “Deny” in Cookiebot and Usercentrics, “Reject” in CookieYes and Complianz)."
)

MIN_CONTRAST = 3.0
"""WCAG 2.2, success criterion 1.4.3, for large text, which is the weaker of its two limits."""

GOOD_CONTRAST = 4.5
SMALL_SHARE = 0.4
"""A button of less than this part of the other's area is plainly smaller, unless its words alone are shorter."""

ALIKE = 0.8
"""From this part of the other's height, and of its width for each letter, buttons are made alike."""


def _check(case: Case) -> Iterator[Answer]:
    if case.banner is None:
        yield NotApplicable(say("The site shows no consent banner."))
        return
    name, banner = case.banner
    accept = _button(banner, "accept", 1)
    if accept is None:
        yield NotApplicable(say("The first layer of the banner has no button to accept."))
        return
    if _button(banner, "reject", 1) is not None:
        yield from _by_looks(name, banner)
        return
    saves = _button(banner, "save", 1) is not None
    if saves and not banner.preselected:
        return  # what stands on the first layer is saved as it is: one press, nothing granted
    other = None if saves else _button(banner, "reject", 2) or _button(banner, "save", 2)
    clicks = _clicks(case)
    harder = clicks is not None and clicks[1] > clicks[0]
    sentences = [LAYER(accept=accept, reject=other)] if other is not None else []
    observed = list(case.banner_places())
    if clicks is not None and harder:
        sentences.append(CLICKS(accept=clicks[0], reject=clicks[1]))
        observed += [state_pointer("accept", "choice"), state_pointer("reject", "choice")]
    if not sentences:
        yield NotApplicable(say("No way to refuse was seen; see no-reject-option."))
        return
    yield _hit(name, TITLE(), tuple(sentences), tuple(observed), "medium", "certain")


def _button(banner: Banner, action: str, layer: int) -> str | None:
    return next((button.text for button in banner.buttons if (button.action, button.layer) == (action, layer)), None)


def _clicks(case: Case) -> tuple[int, int] | None:
    accept, reject = case.state("accept"), case.state("reject")
    if accept is None or reject is None or not (accept.choice.verified and reject.choice.verified):
        return None
    if reject.choice.made not in ("reject", "save") or reject.choice.via_api:
        return None
    if accept.choice.clicks is None or reject.choice.clicks is None:
        return None
    return accept.choice.clicks, reject.choice.clicks


def _by_looks(name: StateName, banner: Banner) -> Iterator[Hit]:
    accept, reject = _largest(banner, "accept"), _largest(banner, "reject")
    if accept is None or reject is None:
        return
    sentences = [text for text in (_weak(accept, reject), _small(accept, reject)) if text is not None]
    if sentences:
        places = (state_pointer(name, "banner"),)
        yield _hit(name, TITLE_LOOKS(), tuple(sentences), places, "low", "check")


def _largest(banner: Banner, action: str) -> BannerButton | None:
    """The button of the first layer that is easiest to hit: where a link refuses too, the button beside it counts."""
    looks = [look for look in banner.looks if (look.action, look.layer) == (action, 1)]
    return max(looks, key=lambda look: _area(look) or 0.0, default=None)


def _area(look: BannerButton) -> float | None:
    return look.rect[2] * look.rect[3] if look.rect is not None else None


def _weak(accept: BannerButton, reject: BannerButton) -> str | None:
    strong = contrast(accept.foreground, accept.background)
    weak = contrast(reject.foreground, reject.background)
    if strong is None or weak is None or weak >= MIN_CONTRAST or strong < GOOD_CONTRAST:
        return None
    return CONTRAST(reject=reject.text, accept=accept.text, weak=f"{weak:.1f}", strong=f"{strong:.1f}")


def _small(accept: BannerButton, reject: BannerButton) -> str | None:
    if accept.rect is None or reject.rect is None:
        return None
    whole, part = accept.rect[2] * accept.rect[3], reject.rect[2] * reject.rect[3]
    if whole <= 0 or part <= 0 or part / whole >= SMALL_SHARE or _shorter_words_only(accept, reject):
        return None
    return SMALL(reject=reject.text, accept=accept.text, share=round(100 * part / whole))


def _shorter_words_only(accept: BannerButton, reject: BannerButton) -> bool:
    """Whether two buttons are alike but for the length of their words: as high, with as much room for each letter."""
    if accept.rect is None or reject.rect is None or not accept.text or not reject.text:
        return False
    room, own = accept.rect[2] / len(accept.text), reject.rect[2] / len(reject.text)
    return reject.rect[3] >= ALIKE * accept.rect[3] and own >= ALIKE * room


def _hit(
    name: StateName,
    title: str,
    sentences: tuple[str, ...],
    observed: tuple[str, ...],
    severity: Severity,
    confidence: Confidence,
) -> Hit:
    return Hit(
        severity=severity,
        title=title,
        subjects=("banner",),
        states=(name,),
        detail=lines(sentences),
        observed=observed,
        fix=steps(SAME_LAYER(), SAME_LOOK(), WHERE()),
        confidence=confidence,
    )


RULE = Rule(
    name="reject-harder-than-accept",
    group="consent",
    title="Refusing is as easy as accepting",
    checks="Whether the banner offers to refuse on the same layer as to accept, and shows both buttons alike: contrast "
    "of the words, area of the button.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("medium", "a way to refuse stands on the second layer only"),
        ("low", "both stand side by side, but the one to refuse is hard to read, or covers less than 40 % of the area"),
    ),
    subject="The word `banner`.",
    confidence="`certain` for the layers; `check` for the looks, which authorities judge case by case.",
    fairness="A different colour alone is no fault. Where no way to refuse was seen at all, no-reject-option answers.",
    legal=(legal.EDPB_BANNERS, legal.GDPR_4_11, legal.GDPR_25, legal.CNIL_GUIDELINES, legal.AEPD_GUIDE),
    texts=(TITLE, TITLE_LOOKS, LAYER, CLICKS, CONTRAST, SMALL),
    fixes=(SAME_LAYER, SAME_LOOK, WHERE),
    check=_check,
)

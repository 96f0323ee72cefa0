"""category-mismatch: the policy puts a cookie into another category than its purpose."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import facts, legal, needs
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.tracking import FOLLOWING, confidence_of
from scanner.audit.wording import CATEGORIES, named, source_words
from scanner.model.base import DeclaredCategory
from scanner.model.finding import Confidence, Quote, Severity
from scanner.model.inventory import Cookie

TITLE = Message("{name} is declared as {declared}, but serves {actual}")
DETAIL = Message(
    "The policy lists {names} under “{declared}”. By what is known of it ({source}), its purpose is {actual}. "
    "{purpose}\n{facts}",
    "The policy lists {names} under “{declared}”. By what is known of them ({source}), their purpose is {actual}. "
    "{purpose}\n{facts}",
)
WHY = Message("The category decides whether consent is asked for: what is called necessary is set without asking.")
PURPOSE = Message("Known purpose: {purpose}")
MOVE = Message("Move {names} to the category “{actual}” in the policy, and in the consent platform if you use one.")
HOLD = Message("Make sure that it is set only after consent, as the category asks.")
EXPLAIN = Message(
    "If you use it for something else on your site, say so in the policy: the classification rests on common use."
)


def _check(case: Case) -> Iterator[Answer]:
    if not any(row.category for row in case.declaration.cookies):
        yield NotApplicable(say("The policy puts no cookie into a category."))
        return
    groups: dict[tuple[str, str, str, int], list[int]] = {}
    for index, cookie in enumerate(case.inventory.cookies):
        if cookie.blocked is not None or cookie.category == "unknown":
            continue
        row = _contrary_row(case, index)
        if row is None:
            continue
        declared = case.declaration.cookies[row].category
        assert declared is not None
        severity = _severity(cookie, declared)
        if severity is not None:
            groups.setdefault((severity, declared, cookie.category, row), []).append(index)
    for (_, _, _, row), indexes in groups.items():
        yield _hit(case, row, tuple(indexes))


def _contrary_row(case: Case, index: int) -> int | None:
    """The declared row that contradicts; none where any fitting row agrees or leaves the category open."""
    rows = case.pairing.rows_of_cookie.get(index, ())
    said = [case.declaration.cookies[row].category for row in rows]
    if not said or None in said or case.inventory.cookies[index].category in said:
        return None
    return rows[0]


def _severity(cookie: Cookie, declared: DeclaredCategory) -> Severity | None:
    if declared == "necessary":
        if cookie.consent_exempt in ("yes", "depends") or cookie.category == "necessary":
            return None
        return "medium" if cookie.category in FOLLOWING else "low"
    if declared == "functional":
        return "medium" if cookie.category in FOLLOWING else "info"
    if declared == "analytics":
        return "low" if cookie.category == "marketing" else "info"
    return "info"


def _hit(case: Case, row: int, indexes: tuple[int, ...]) -> Hit:
    declared = case.declaration.cookies[row]
    cookies = tuple(case.inventory.cookies[index] for index in indexes)
    first = cookies[0]
    assert declared.category is not None
    severity = _severity(first, declared.category) or "info"
    names = named(tuple(dict.fromkeys(cookie.name for cookie in cookies)))
    said, actual = CATEGORIES[declared.category](), CATEGORIES[first.category]()
    sentences = tuple(facts.of_cookie(cookie) for cookie in cookies)
    if declared.category == "necessary":
        sentences = (WHY(), *sentences)
    confidence: Confidence = "likely" if confidence_of(first.category_source) == "certain" else "check"
    return Hit(
        severity=severity,
        title=TITLE(name=names, declared=said, actual=actual),
        subjects=tuple(dict.fromkeys(subject_of(cookie) for cookie in cookies)),
        states=tuple(sorted({state for cookie in cookies for state in cookie.states})),
        detail=DETAIL(
            len(cookies),
            names=names,
            declared=said,
            actual=actual,
            source=source_words(first.category_source),
            purpose=PURPOSE(purpose=first.purpose) if first.purpose else "",
            facts=lines(sentences),
        ),
        observed=(
            *(pointer("cookies", index) for index in indexes),
            pointer("declaration/cookies", row),
        ),
        declared=Quote(quote=declared.quote, source=declared.source),
        fix=steps(MOVE(names=names, actual=actual), HOLD(), EXPLAIN()),
        confidence=confidence,
    )


RULE = Rule(
    name="category-mismatch",
    group="declaration",
    title="Each cookie stands in the right category",
    checks="Whether the category in which the policy lists a cookie is that of its known purpose. One finding for each "
    "declared row.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(
        ("medium", "declared as necessary or functional, but known to serve statistics or marketing"),
        (
            "low",
            "declared as statistics, but known to serve marketing; declared as necessary, but known to be functional "
            "and to need consent",
        ),
        ("info", "declared in a stricter category than it needs, or functional instead of necessary"),
    ),
    subject="Every cookie as `name@domain`.",
    confidence="`likely` for an exact or pattern match in the catalogue, because a site may use a cookie for something "
    "else; `check` where the purpose follows from the vendor or was inferred.",
    fairness="Cookies of unknown purpose are left out. Nothing is said against a row that calls a cookie necessary "
    "which needs no consent, or needs none on a condition. Where several rows fit, one that agrees is enough.",
    legal=(legal.EPRIVACY_5_3, legal.WP29_EXEMPTION, legal.GDPR_5_1_A, legal.EDPB_BANNERS),
    texts=(TITLE, DETAIL, WHY, PURPOSE),
    fixes=(MOVE, HOLD, EXPLAIN),
    check=_check,
)

"""excessive-lifetime: cookies that recognise visitors for years."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import durations, facts, legal, needs
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, steps
from scanner.audit.rule import Answer, Hit, Rule
from scanner.audit.tracking import FOLLOWING
from scanner.audit.wording import is_set, named
from scanner.model.finding import Severity

TITLE = Message(
    "A cookie that follows visitors is kept for {time}", "{count} cookies that follow visitors are kept up to {time}"
)
DETAIL = Message(
    "Data may be kept only as long as its purpose needs. There is no fixed limit for cookies; thirteen months is what "
    "the French authority recommends for audience measurement.\n{facts}"
)
CAP = Message("Browsers cut such times down (Chromium to 400 days); the site asks for more all the same.")
SHORTEN = Message(
    "Shorten the lifetime of {names} to what is needed, for example 13 months: cookie_expires in the Google tag, "
    "setVisitorCookieTimeout in Matomo, the setting of the respective tool elsewhere."
)

MONTHS_13 = 13 * durations.MONTH * (1 + 2 * durations.TOLERANCE)
MONTHS_25 = 25 * durations.MONTH * (1 + durations.TOLERANCE)


def _check(case: Case) -> Iterator[Answer]:
    groups: dict[Severity, list[int]] = {"low": [], "info": []}
    for index, cookie in enumerate(case.inventory.cookies):
        asked = durations.observed_seconds(cookie)
        if not is_set(cookie) or cookie.category not in FOLLOWING or asked is None or asked <= MONTHS_13:
            continue
        groups["low" if asked > MONTHS_25 else "info"].append(index)
    for severity, indexes in groups.items():
        if indexes:
            yield _hit(case, severity, tuple(indexes))


def _hit(case: Case, severity: Severity, indexes: tuple[int, ...]) -> Hit:
    cookies = tuple(case.inventory.cookies[index] for index in indexes)
    longest = max(durations.observed_seconds(cookie) or 0 for cookie in cookies)
    subjects = tuple(dict.fromkeys(subject_of(cookie) for cookie in cookies))
    return Hit(
        severity=severity,
        title=TITLE(len(subjects), time=durations.words(longest)),
        subjects=subjects,
        states=tuple(sorted({state for cookie in cookies for state in cookie.states})),
        detail=DETAIL(facts=lines((*(facts.of_cookie(cookie) for cookie in cookies), CAP()))),
        observed=tuple(pointer("cookies", index) for index in indexes),
        fix=steps(SHORTEN(names=named(tuple(dict.fromkeys(cookie.name for cookie in cookies))))),
        confidence="certain",
    )


RULE = Rule(
    name="excessive-lifetime",
    group="conduct",
    title="Cookies that follow visitors do not stay for years",
    checks="Whether cookies for statistics or marketing ask to be kept for more than 13 months. One finding for each "
    "severity.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("low", "more than 25 months"),
        ("info", "more than 13 months (two years is what several widespread tools ask for by default)"),
    ),
    subject="Every cookie as `name@domain`.",
    confidence="Always `certain`: the time asked for is what was measured.",
    fairness="Cookies of other purposes are left out, however long they stay.",
    legal=(legal.GDPR_5_1_E, legal.CNIL_GUIDELINES, legal.WP29_EXEMPTION),
    texts=(TITLE, DETAIL, CAP),
    fixes=(SHORTEN,),
    check=_check,
)

"""lifetime-mismatch: a cookie stays for another time than the policy says."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import durations, facts, legal, needs
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.tracking import FOLLOWING
from scanner.audit.wording import is_set, named
from scanner.model.declaration import DeclaredCookie
from scanner.model.finding import Quote, Severity
from scanner.model.inventory import Cookie

TITLE_LONGER = Message("{names} stays longer than the policy says: {actual} instead of {declared}")
TITLE_SHORTER = Message("{names} stays shorter than the policy says: {actual} instead of {declared}")
DETAIL = Message("The policy says {declared} for {names}; the site asks the browser to keep it for {actual}.\n{facts}")
CAP = Message(
    "Compared is the time that the site asks for. Browsers cut it down: Chromium keeps no cookie longer than 400 days."
)
SESSION = Message("the length of the visit (until the browser is closed)")
PERSISTENT = Message("an indefinite time")
CORRECT = Message("Correct the row in the policy: {names} is kept for {actual}.")
SHORTEN = Message(
    "Or shorten the cookie to what the policy says. Tools have a setting for it: cookie_expires in the Google tag, "
    "setVisitorCookieTimeout in Matomo, the cookie's Max-Age where your own server sets it."
)


def _check(case: Case) -> Iterator[Answer]:
    if not any(row.duration is not None for row in case.declaration.cookies):
        yield NotApplicable(say("The policy states no lifetime of any cookie."))
        return
    groups: dict[tuple[int, str], list[int]] = {}
    for index, cookie in enumerate(case.inventory.cookies):
        if not is_set(cookie):
            continue
        found = _contrary_row(case, index)
        if found is not None:
            groups.setdefault(found, []).append(index)
    for (row, direction), indexes in groups.items():
        yield _hit(case, row, direction, tuple(indexes))


def _contrary_row(case: Case, index: int) -> tuple[int, str] | None:
    """The declared row that contradicts; none where any fitting row agrees or leaves the lifetime open."""
    cookie = case.inventory.cookies[index]
    rows = case.pairing.rows_of_cookie.get(index, ())
    answers = {row: durations.compare(case.declaration.cookies[row], cookie) for row in rows}
    if not answers or any(answer in ("same", "unknown") for answer in answers.values()):
        return None
    row = next((row for row, answer in answers.items() if answer == "longer"), rows[0])
    return row, answers[row]


def _severity(row: DeclaredCookie, cookies: tuple[Cookie, ...], direction: str) -> Severity:
    if direction == "shorter":
        return "info"
    seconds = max(durations.observed_seconds(cookie) or 0 for cookie in cookies)
    if row.duration == "session" and seconds <= durations.DAY:
        # Lists often call what ends with the visit a session cookie, though it has a clock of half an hour.
        return "info"
    following = any(cookie.category in FOLLOWING or cookie.identifier for cookie in cookies)
    return "medium" if following else "low"


def _hit(case: Case, index: int, direction: str, indexes: tuple[int, ...]) -> Hit:
    row = case.declaration.cookies[index]
    cookies = tuple(case.inventory.cookies[cookie] for cookie in indexes)
    names = named(tuple(dict.fromkeys(cookie.name for cookie in cookies)))
    actual = _observed_words(cookies[0])
    declared = _declared_words(row)
    severity = _severity(row, cookies, direction)
    title = TITLE_LONGER if direction == "longer" else TITLE_SHORTER
    sentences = tuple(facts.of_cookie(cookie) for cookie in cookies)
    if any((durations.observed_seconds(cookie) or 0) > durations.BROWSER_CAP for cookie in cookies):
        sentences = (*sentences, CAP())
    asked_for = all(cookie.session or cookie.lifetime_seconds is not None for cookie in cookies)
    fixes = [CORRECT(names=names, actual=actual)]
    if direction == "longer":
        fixes.append(SHORTEN())
    return Hit(
        severity=severity,
        title=title(names=names, actual=actual, declared=declared),
        subjects=tuple(dict.fromkeys(subject_of(cookie) for cookie in cookies)),
        states=tuple(sorted({state for cookie in cookies for state in cookie.states})),
        detail=DETAIL(names=names, declared=declared, actual=actual, facts=lines(sentences)),
        observed=(*(pointer("cookies", cookie) for cookie in indexes), pointer("declaration/cookies", index)),
        declared=Quote(quote=row.quote, source=row.source),
        fix=steps(*fixes),
        confidence="certain" if asked_for else "likely",
    )


def _observed_words(cookie: Cookie) -> str:
    seconds = durations.observed_seconds(cookie)
    return SESSION() if seconds is None else durations.words(seconds)


def _declared_words(row: DeclaredCookie) -> str:
    if row.duration_text:
        return f"“{row.duration_text}”"
    if row.duration == "session":
        return SESSION()
    if row.duration == "persistent" or row.duration is None:
        return PERSISTENT()
    return durations.words(row.duration)


RULE = Rule(
    name="lifetime-mismatch",
    group="declaration",
    title="Each cookie stays as long as the policy says",
    checks="Whether the lifetime that the site asks for is the declared one. One finding for each declared row.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(
        ("medium", "a cookie for statistics or marketing, or one that recognises visitors, stays longer than declared"),
        ("low", "another cookie stays longer than declared"),
        (
            "info",
            "the cookie stays shorter than declared; or it is declared for the session and ends within a day by a "
            "clock of its own",
        ),
    ),
    subject="Every cookie as `name@domain`.",
    confidence="`certain` where the request for the lifetime was seen, `likely` where only the browser's own record "
    "was.",
    fairness="Durations within 3 % are equal, and a month is 28 to 31 days, so that `13 months` is 390 to 396 days. "
    "The browser's cap of 400 days is no wrong lifetime, and a policy may state it. `Up to` is kept by a shorter "
    "life, `1 day` by anything below a day, `persistent` by any cookie that is not for the session alone.",
    legal=(legal.PLANET49, legal.GDPR_12_13, legal.GDPR_5_1_E),
    texts=(TITLE_LONGER, TITLE_SHORTER, DETAIL, CAP),
    fixes=(CORRECT, SHORTEN),
    check=_check,
)

"""insecure-cookie: a session that others on the network, or injected scripts, could take over."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import facts, legal, needs
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.tracking import confidence_of
from scanner.audit.wording import is_set, named

TITLE = Message(
    "A cookie that signs visitors in is not protected", "{count} cookies that sign visitors in are not protected"
)
TITLE_SCRIPT = Message(
    "Scripts can read a cookie that holds a session", "Scripts can read {count} cookies that hold a session"
)
DETAIL = Message(
    "Without the attribute Secure, a browser also sends the cookie over unencrypted connections, where others on the "
    "network can read it.\n{facts}"
)
DETAIL_SCRIPT = Message(
    "Without the attribute HttpOnly, every script on the page can read the cookie, also one that an attacker or a "
    "third party brought in.\n{facts}"
)
SET_SECURE = Message("Have the server set {names} with the attributes Secure and HttpOnly, and SameSite=Lax.")
WHERE = Message(
    "In PHP: session.cookie_secure and session.cookie_httponly; in most shop systems and frameworks a setting of the "
    "session; ask whoever hosts the site."
)

SESSION_ROLES = frozenset({"session-id", "login"})


def _check(case: Case) -> Iterator[Answer]:
    if not case.inventory.target.url.startswith("https:"):
        yield NotApplicable(say("The site is not served over an encrypted connection."))
        return
    open_network: list[int] = []
    open_scripts: list[int] = []
    for index, cookie in enumerate(case.inventory.cookies):
        if cookie.role not in SESSION_ROLES or cookie.party != "first" or not is_set(cookie):
            continue
        if cookie.category not in ("necessary", "functional"):
            continue
        if not cookie.secure:
            open_network.append(index)
        elif not cookie.http_only and cookie.set_by.kind == "http":
            open_scripts.append(index)
    if open_network:
        yield _hit(case, tuple(open_network), severe=True)
    if open_scripts:
        yield _hit(case, tuple(open_scripts), severe=False)


def _hit(case: Case, indexes: tuple[int, ...], *, severe: bool) -> Hit:
    cookies = tuple(case.inventory.cookies[index] for index in indexes)
    subjects = tuple(dict.fromkeys(subject_of(cookie) for cookie in cookies))
    sentences = lines(tuple(facts.of_cookie(cookie) for cookie in cookies))
    sure = all(confidence_of(cookie.category_source) == "certain" for cookie in cookies)
    return Hit(
        severity="low" if severe else "info",
        title=(TITLE if severe else TITLE_SCRIPT)(len(subjects)),
        subjects=subjects,
        states=tuple(sorted({state for cookie in cookies for state in cookie.states})),
        detail=(DETAIL if severe else DETAIL_SCRIPT)(facts=sentences),
        observed=tuple(pointer("cookies", index) for index in indexes),
        fix=steps(SET_SECURE(names=named(tuple(dict.fromkeys(cookie.name for cookie in cookies)))), WHERE()),
        confidence="likely" if sure else "check",
    )


RULE = Rule(
    name="insecure-cookie",
    group="conduct",
    title="Cookies that sign visitors in are protected",
    checks="Whether the site's own cookies that hold a session or a sign-in carry Secure and, where the server sets "
    "them, HttpOnly.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("low", "Secure is missing on a site with encrypted connections"),
        ("info", "HttpOnly is missing"),
    ),
    subject="Every cookie as `name@domain`.",
    confidence="`likely` where the catalogue knows the cookie as a session's, `check` where that was inferred.",
    fairness="Cookies that scripts have to read (preferences, protection against forged requests, statistics) are left "
    "out.",
    legal=(legal.GDPR_32,),
    texts=(TITLE, TITLE_SCRIPT, DETAIL, DETAIL_SCRIPT),
    fixes=(SET_SECURE, WHERE),
    check=_check,
)

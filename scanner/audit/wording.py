"""Phrases that several rules share."""

from __future__ import annotations

from scanner.audit import companies, tracking
from scanner.audit.case import Case
from scanner.audit.message import Message, enumerate_words, known, lines, mark
from scanner.model.base import Category
from scanner.model.finding import Quote
from scanner.model.inventory import Cookie

PURPOSES: dict[Category, Message] = {
    "necessary": Message("necessary operation"),
    "functional": Message("convenience"),
    "analytics": Message("statistics"),
    "marketing": Message("marketing"),
    "unknown": Message("unknown purpose"),
}
CATEGORIES: dict[Category, Message] = {
    "necessary": Message("necessary"),
    "functional": Message("functional"),
    "analytics": Message("statistics (analytics)"),
    "marketing": Message("marketing"),
    "unknown": Message("unknown"),
}
AND = Message("{first} and {last}")
EXEMPT = Message(
    "{company} measured visits without consent. Regulators of some countries (France and Italy among them) accept "
    "this for audience measurement that keeps their conditions; others ask for consent all the same. {condition}\n"
    "{facts}"
)
CONDITION = Message("The condition for this tool: {condition}")
CONDITION_UNKNOWN = Message("A scan from outside cannot see whether the conditions are kept.")


def purposes(categories: tuple[Category, ...]) -> str:
    """Purposes in words: `marketing and statistics`."""
    words = [PURPOSES[category]() for category in categories]
    if len(words) == 1:
        return words[0]
    return AND(first=", ".join(words[:-1]), last=words[-1])


def exempt_detail(activity: tracking.Activity) -> str:
    """What to say of audience measurement that may go without consent."""
    condition = CONDITION(condition=activity.condition) if activity.condition else CONDITION_UNKNOWN()
    return EXEMPT(
        company=activity.company,
        condition=condition,
        facts=lines(tuple(item.sentence for item in activity.items)),
    )


def said_of(case: Case, activity: tracking.Activity) -> Quote | None:
    """The policy's words about what a company keeps, or about the company."""
    for item in activity.items:
        _, kind, index = item.pointer.split("/")
        if kind == "cookies":
            quoted = row_quote(case, int(index))
            if quoted is not None:
                return quoted
    for vendor in case.declaration.vendors:
        if companies.tokens(vendor.name) == companies.tokens(activity.company):
            return Quote(quote=vendor.quote, source=vendor.source)
    return None


def row_quote(case: Case, cookie: int) -> Quote | None:
    """The declared row that covers a cookie."""
    for row in case.pairing.rows_of_cookie.get(cookie, ()):
        declared = case.declaration.cookies[row]
        return Quote(quote=declared.quote, source=declared.source)
    return None


def named(words: tuple[str, ...]) -> str:
    """A row of names in quotation of a text."""
    return enumerate_words(words)


def is_set(cookie: Cookie) -> bool:
    """Whether a cookie came to stay: neither refused by the browser nor deleted at once."""
    return cookie.blocked is None and not cookie.deleted


_SOURCES = (
    mark("exact name and domain"),
    mark("exact name"),
    mark("pattern and domain"),
    mark("longest pattern"),
    mark("vendor of the third-party setter"),
    mark("vendor of the script that set a first-party cookie"),
    mark("CNAME target"),
    mark("filter list"),
    mark("inferred: session id"),
    mark("inferred: necessary word"),
    mark("unknown"),
)
"""The steps by which a thing is classified, as the inventory names them."""


def source_words(source: str) -> str:
    """How a classification was come by; what follows in brackets (where it is written, and since when) stays."""
    step, bracket, rest = source.partition(" (")
    return f"{known(step)}{bracket}{rest}" if step in _SOURCES else source

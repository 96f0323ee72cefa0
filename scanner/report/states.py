"""What happens in each consent state, side by side: the report's picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scanner.messages import number, say, say_n
from scanner.model.base import Category, StateName
from scanner.model.scan import Scan
from scanner.report.companies import Company, companies
from scanner.report.proof import Fact, banner_facts, choice_words
from scanner.report.words import CATEGORIES, CATEGORY_LABELS, NEEDS_CONSENT, in_order, state_label

RECEIVERS = 14
"""Companies named on a card; more are counted, and all stand in the table below it."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One category's share of a bar, from `x` to `x + width` of 1000."""

    category: Category
    label: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class StateCard:
    """One consent state: whom it informs, what it stores, and how it was reached."""

    state: StateName
    label: str
    reached: bool
    pages: int
    contacted: int
    hungry: int
    cookies: int
    slices: tuple[Slice, ...]
    facts: tuple[Fact, ...]
    receivers: tuple[tuple[str, Category], ...]
    """Names of companies that receive data and their weightiest purpose here, at most `RECEIVERS`."""
    others: int


def never_asks(scan: Scan) -> bool:
    """Whether no banner was found in any state, so that there was nothing to accept or refuse."""
    before = scan.states.get("before")
    return before is not None and before.reached and not any(state.banner.found for state in scan.states.values())


@dataclass(frozen=True, slots=True)
class CompanyGroup:
    """Companies of one purpose. A cell is true (receives data), false (nothing seen) or null (not measured)."""

    category: Category
    label: str
    rows: tuple[tuple[Company, tuple[bool | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The cards, and below them who receives data in which state."""

    cards: tuple[StateCard, ...]
    never_asks: bool
    groups: tuple[CompanyGroup, ...]


def picture(scan: Scan) -> Picture:
    """The three (or more) states of a scan, drawn to one scale."""
    everyone = companies(scan)
    states = in_order(scan.states)
    tallies = {state: _tally(scan, state) for state in states}
    most = max((sum(tally.values()) for tally in tallies.values()), default=0)
    cards = tuple(_card(scan, state, everyone, tallies[state], most) for state in states)
    groups = tuple(
        CompanyGroup(
            category,
            CATEGORY_LABELS[category],
            tuple((company, _cells(scan, company, states)) for company in everyone if company.category == category),
        )
        for category in CATEGORIES
        if any(company.category == category for company in everyone)
    )
    return Picture(cards, never_asks(scan), groups)


def _tally(scan: Scan, state: StateName) -> Counter[Category]:
    """Cookies by category, as the summary counts them, or counted here where it does not."""
    counted = scan.summary.cookies.get(state)
    if counted is not None:
        return Counter(counted)
    return Counter(cookie.category for cookie in scan.cookies if cookie.blocked is None and state in cookie.states)


def _card(
    scan: Scan, state: StateName, everyone: tuple[Company, ...], tally: Counter[Category], most: int
) -> StateCard:
    seen = scan.states[state]
    contacted = [company for company in everyone if state in company.states]
    shown = tuple(
        sorted(
            ((company.name, company.states[state]) for company in contacted),
            key=lambda pair: (CATEGORIES.index(pair[1]), pair[0].casefold()),
        )
    )
    # The banner is told once, in the first state; elsewhere only where it was another one.
    first = in_order(scan.states)[0]
    told = state != first and seen.banner.buttons == scan.states[first].banner.buttons
    facts = [] if told else list(banner_facts(seen.banner))
    if state not in ("before", "gpc") or seen.choice.made is not None:
        facts.append((say("Answer given"), choice_words(seen.choice)))
    return StateCard(
        state=state,
        label=state_label(state),
        reached=seen.reached,
        pages=len(seen.pages),
        contacted=len(contacted),
        hungry=sum(company.states[state] in NEEDS_CONSENT for company in contacted),
        cookies=sum(tally.values()),
        slices=_slices(tally, most),
        facts=tuple(facts),
        receivers=shown[:RECEIVERS],
        others=max(0, len(shown) - RECEIVERS),
    )


def _slices(tally: Counter[Category], most: int) -> tuple[Slice, ...]:
    slices: list[Slice] = []
    x = 0.0
    for category in CATEGORIES:
        width = round(1000 * tally[category] / most, 1) if most else 0.0
        slices.append(Slice(category, CATEGORY_LABELS[category], tally[category], round(x, 1), width))
        x += width
    return tuple(slices)


def _cells(scan: Scan, company: Company, states: tuple[StateName, ...]) -> tuple[bool | None, ...]:
    return tuple(state in company.states if scan.states[state].reached else None for state in states)


def spoken(card: StateCard) -> str:
    """A card as one sentence, for those who hear the page."""
    parts = ", ".join(f"{part.label} {number(part.count)}" for part in card.slices if part.count)
    cookies = say_n("{count} cookie", "{count} cookies", card.cookies)
    return f"{card.label}: {cookies}{f' ({parts})' if parts else ''}"

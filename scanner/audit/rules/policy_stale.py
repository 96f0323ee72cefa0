"""policy-stale: the policy relies on what no longer exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.audit import legal, needs
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, steps
from scanner.audit.rule import Answer, Hit, Rule, quote_of
from scanner.model.finding import Severity

TITLE = Message("The policy speaks of {what}, which no longer exists")
DETAIL = Message("{what}: {why} A policy that still speaks of it was not looked at for some time.")
UPDATE = Message("Read the whole policy again and replace the sentence: {instead}")


@dataclass(frozen=True, slots=True)
class Outdated:
    """One thing of the past: how it is written, what became of it, and what to write instead."""

    what: str
    pattern: re.Pattern[str]
    why: Message
    instead: Message
    severity: Severity


OUTDATED: tuple[Outdated, ...] = (
    Outdated(
        "Privacy Shield",
        re.compile(r"privacy[ -]?shield", re.I),
        Message("the Court of Justice of the EU declared it invalid on 16 July 2020 (C-311/18)."),
        Message(
            "name the basis of the transfer that applies today, such as the EU-US Data Privacy Framework (for "
            "certified companies) or standard contractual clauses."
        ),
        "low",
    ),
    Outdated(
        "Safe Harbor",
        re.compile(r"safe[ -]?harbou?r", re.I),
        Message("the Court of Justice of the EU declared it invalid on 6 October 2015 (C-362/14)."),
        Message("name the basis of the transfer that applies today."),
        "low",
    ),
    Outdated(
        "Directive 95/46/EC",
        re.compile(r"95/46", re.I),
        Message("the GDPR repealed it with effect from 25 May 2018 (Article 94)."),
        Message("refer to the GDPR."),
        "info",
    ),
    Outdated(
        "Google+",
        re.compile(r"\bgoogle ?\+|\bgoogle plus\b", re.I),
        Message("Google closed it for the public in April 2019."),
        Message("take it out of the list."),
        "info",
    ),
    Outdated(
        "Universal Analytics",
        re.compile(r"\buniversal analytics\b", re.I),
        Message("Google stopped processing data with it in July 2023; Google Analytics 4 took its place."),
        Message("describe the measurement that is in use today."),
        "info",
    ),
)

# A sentence that says itself that the thing is over is up to date.
_OVER = re.compile(
    r"invalid|no longer|former|replac|repeal|struck down|ungültig|ehemalig|aufgehoben|nicht mehr|unwirksam|invalidé|"
    r"abrog|n'est plus|invalidat|non più|anulad|derogad|ya no|ongeldig|niet meer|nieważn|uniewa",
    re.I,
)


def _check(case: Case) -> Iterator[Answer]:
    for outdated in OUTDATED:
        places = tuple(
            place for place, text in _texts(case) if outdated.pattern.search(text) and not _OVER.search(text)
        )
        if places:
            yield Hit(
                severity=outdated.severity,
                title=TITLE(what=outdated.what),
                subjects=(outdated.what,),
                detail=DETAIL(what=outdated.what, why=outdated.why()),
                observed=places,
                declared=quote_of(case.declaration, places[0]),
                fix=steps(UPDATE(instead=outdated.instead())),
                confidence="likely",
            )


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    declaration = case.declaration
    for index, claim in enumerate(declaration.claims):
        yield pointer("declaration/claims", index), claim.evidence
    for index, vendor in enumerate(declaration.vendors):
        yield pointer("declaration/vendors", index), f"{vendor.name} {vendor.quote}"
    for index, row in enumerate(declaration.cookies):
        yield pointer("declaration/cookies", index), row.quote


RULE = Rule(
    name="policy-stale",
    group="declaration",
    title="The policy is up to date",
    checks="Whether a quoted statement, vendor or cookie row of the policy speaks of something that no longer exists: "
    + ", ".join(outdated.what for outdated in OUTDATED)
    + ". One finding for each.",
    needs=(needs.POLICY,),
    severity=(
        ("low", "a basis for transfers of data that was declared invalid"),
        ("info", "a repealed law, a closed service"),
    ),
    subject="The thing's name, such as `Privacy Shield`.",
    confidence="Always `likely`: only the quoted parts of the policy are read.",
    fairness="A sentence that says itself that the thing is over is left alone.",
    legal=(legal.GDPR_12_13, legal.SCHREMS_II, legal.GDPR_44),
    texts=(TITLE, DETAIL),
    fixes=(UPDATE,),
    check=_check,
    blind_if_uncalibrated=False,
)

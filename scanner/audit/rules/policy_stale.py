"""policy-stale: the policy relies on what no longer exists, or was last changed before today's law applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.audit import legal, needs
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, steps
from scanner.audit.rule import Answer, Hit, Rule, quote_of
from scanner.model.finding import Quote, Severity

TITLE = Message("The policy speaks of {what}, which no longer exists")
DETAIL = Message("{what}: {why} A policy that still speaks of it was not looked at for some time.")
UPDATE = Message("Read the whole policy again and replace the sentence: {instead}")
TITLE_DATE = Message("The policy was last changed on {date}, before the GDPR applied")
DETAIL_DATE = Message(
    "By its own words the policy is of {date}. The GDPR applies since 25 May 2018 (Article 99) and asks for more than "
    "the law before it: the legal basis of each purpose, how long data is kept, and the rights of people."
)
REWRITE = Message("Check the policy against Article 13 of the GDPR, complete it, and change its date.")

GDPR_APPLIES = "2018-05-25"
"""https://eur-lex.europa.eu/eli/reg/2016/679/oj, Article 99(2)."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """One thing of the past: its name among the remarks on a policy, how else it is written in the quoted parts, what
    became of it, and what to write instead."""

    what: str
    why: Message
    instead: Message
    severity: Severity = "info"
    pattern: re.Pattern[str] | None = None


_TAKE_OUT = Message("take it out.")
_NAME_TODAYS_LAW = Message("refer to the GDPR, and to the national law of today.")

OUTDATED: tuple[Outdated, ...] = (
    Outdated(
        "Privacy Shield",
        Message("the Court of Justice of the EU declared it invalid on 16 July 2020 (C-311/18)."),
        Message(
            "name the basis of the transfer that applies today, such as the EU-US Data Privacy Framework (for "
            "certified companies) or standard contractual clauses."
        ),
        "low",
        re.compile(r"privacy[ -]?shield", re.I),
    ),
    Outdated(
        "Safe Harbor",
        Message("the Court of Justice of the EU declared it invalid on 6 October 2015 (C-362/14)."),
        Message("name the basis of the transfer that applies today."),
        "low",
        re.compile(r"safe[ -]?harbou?r", re.I),
    ),
    Outdated(
        "Directive 95/46/EC",
        Message("the GDPR repealed it with effect from 25 May 2018 (Article 94)."),
        Message("refer to the GDPR."),
        pattern=re.compile(r"95/46", re.I),
    ),
    Outdated(
        "Google+",
        Message("Google closed it for the public in April 2019."),
        Message("take it out of the list."),
        pattern=re.compile(r"\bgoogle ?\+|\bgoogle plus\b", re.I),
    ),
    Outdated(
        "Universal Analytics",
        Message("Google stopped processing data with it in July 2023; Google Analytics 4 took its place."),
        Message("describe the measurement that is in use today."),
        pattern=re.compile(r"\buniversal analytics\b", re.I),
    ),
    Outdated(
        "Internet Explorer",
        Message("Microsoft ended its support for the browser on 15 June 2022."),
        Message("name the browsers of today, or none."),
    ),
    Outdated("Adobe Flash", Message("Adobe ended its support for Flash Player on 31 December 2020."), _TAKE_OUT),
    Outdated(
        "Bundesdatenschutzgesetz 2003",
        Message("the new Bundesdatenschutzgesetz replaced it on 25 May 2018."),
        _NAME_TODAYS_LAW,
    ),
    Outdated(
        "Telemediengesetz",
        Message("the Digitale-Dienste-Gesetz (DDG) replaced it on 14 May 2024."),
        Message("refer to the DDG, or for access to devices to the TDDDG."),
    ),
    Outdated(
        "TTDSG",
        Message("the law is called TDDDG since 14 May 2024."),
        Message("write TDDDG."),
    ),
    Outdated(
        "Ley Orgánica 15/1999",
        Message("Organic Law 3/2018 of 5 December 2018 took its place."),
        _NAME_TODAYS_LAW,
    ),
    Outdated(
        "Codice Privacy, art. 13",
        Message("Legislative Decree 101/2018 repealed that article; Article 13 of the GDPR took its place."),
        Message("refer to Article 13 of the GDPR."),
    ),
    Outdated(
        "Wet bescherming persoonsgegevens",
        Message("it was repealed on 25 May 2018, when the GDPR began to apply."),
        _NAME_TODAYS_LAW,
    ),
    Outdated("Lei 67/98", Message("Law 58/2019 of 8 August 2019 repealed it."), _NAME_TODAYS_LAW),
    Outdated(
        "Ustawa z 29 sierpnia 1997",
        Message("the Act of 10 May 2018 on the protection of personal data took its place."),
        _NAME_TODAYS_LAW,
    ),
    Outdated(
        "Data Protection Act 1998",
        Message("the Data Protection Act 2018 replaced it on 25 May 2018."),
        Message("refer to the UK GDPR and the Data Protection Act 2018."),
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
        places, quote = _places(case, outdated)
        if places:
            yield Hit(
                severity=outdated.severity,
                title=TITLE(what=outdated.what),
                subjects=(outdated.what,),
                detail=DETAIL(what=outdated.what, why=outdated.why()),
                observed=places,
                declared=quote,
                fix=steps(UPDATE(instead=outdated.instead())),
                confidence="likely",
            )
    yield from _old(case)


def _places(case: Case, outdated: Outdated) -> tuple[tuple[str, ...], Quote | None]:
    """Where the policy speaks of a thing of the past, and the words of the first place."""
    declaration = case.declaration
    remarks = [
        (index, remark)
        for index, remark in enumerate(declaration.remarks)
        if remark.kind == "outdated" and remark.subject == outdated.what
    ]
    pattern = outdated.pattern
    quoted = tuple(
        place for place, text in _texts(case) if pattern is not None and pattern.search(text) and not _OVER.search(text)
    )
    places = (*(pointer("declaration/remarks", index) for index, _ in remarks), *quoted)
    if remarks:
        return places, Quote(quote=remarks[0][1].quote, source=remarks[0][1].source)
    return places, quote_of(declaration, quoted[0]) if quoted else None


def _old(case: Case) -> Iterator[Answer]:
    """A policy that dates itself before the GDPR; the latest date counts where it gives several."""
    if legal.GDPR_12_13 in case.profile.replaces:
        return
    dated = [
        (remark.subject, index, remark)
        for index, remark in enumerate(case.declaration.remarks)
        if remark.kind == "last_changed"
    ]
    if not dated:
        return
    day, index, remark = max(dated, key=lambda entry: entry[0])
    if day < GDPR_APPLIES:
        yield Hit(
            severity="low",
            title=TITLE_DATE(date=day),
            subjects=(day,),
            detail=DETAIL_DATE(date=day),
            observed=(pointer("declaration/remarks", index),),
            declared=Quote(quote=remark.quote, source=remark.source),
            fix=steps(REWRITE()),
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
    checks="Whether the policy speaks of something that no longer exists: "
    + ", ".join(outdated.what for outdated in OUTDATED)
    + ". One finding for each. Also whether the policy dates itself before 25 May 2018, when the GDPR began to apply.",
    needs=(needs.POLICY,),
    severity=(
        ("low", "a basis for transfers of data that was declared invalid; a policy older than the GDPR"),
        ("info", "a repealed law, a closed service"),
    ),
    subject="The thing's name, such as `Privacy Shield`, or the date of the last change.",
    confidence="Always `likely`: a sentence may speak of a thing of the past for a reason.",
    fairness="A sentence that says itself that the thing is over is left alone. Where a policy gives several dates, "
    "the latest counts; without a date nothing is said of its age.",
    legal=(legal.GDPR_12_13, legal.SCHREMS_II, legal.GDPR_44),
    texts=(TITLE, DETAIL, TITLE_DATE, DETAIL_DATE),
    fixes=(UPDATE, REWRITE),
    check=_check,
    blind_if_uncalibrated=False,
)

"""declaration-incomplete: rows that do not say what a cookie is for or how long it stays, and blanks of a template."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.wording import named
from scanner.model.finding import Quote, Severity

TITLE = Message(
    "A declared cookie lacks its lifetime or purpose", "{count} declared cookies lack their lifetime or purpose"
)
DETAIL = Message("Visitors have to be told how long a cookie stays and what it is for.\n{facts}")
NO_DURATION = Message("No lifetime is given for {names}.")
NO_PURPOSE = Message("No purpose is given for {names}.")
TITLE_BLANK = Message("The policy still has a blank of its template", "The policy still has blanks of its template")
DETAIL_BLANK = Message(
    "A template has places for the operator to fill in. Left as they are, visitors do not learn what should stand "
    "there, such as who is responsible.\n{facts}"
)
BLANK = Message("The policy says “{what}”.")
FILL_BLANK = Message("Fill in each blank, then read the whole text for sentences that do not fit this site.")
FILL = Message("Fill in the missing columns; the report's ready-made declaration shows what was measured.")


def _check(case: Case) -> Iterator[Answer]:
    blanks = tuple(_blanks(case))
    yield from blanks
    rows = case.declaration.cookies
    if not rows:
        if not blanks:
            yield NotApplicable(say("The policy lists no cookie by name."))
        return
    no_duration = tuple(index for index, row in enumerate(rows) if row.duration is None and not row.duration_text)
    no_purpose = tuple(index for index, row in enumerate(rows) if row.purpose is None and row.category is None)
    missing = tuple(sorted({*no_duration, *no_purpose}))
    if not missing:
        return
    sentences = [
        message(names=named(tuple(dict.fromkeys(rows[index].name for index in indexes))))
        for message, indexes in ((NO_DURATION, no_duration), (NO_PURPOSE, no_purpose))
        if indexes
    ]
    severity: Severity = "info" if all(rows[index].category == "necessary" for index in missing) else "low"
    names = tuple(dict.fromkeys(rows[index].name for index in missing))
    first = rows[missing[0]]
    yield Hit(
        severity=severity,
        title=TITLE(len(names)),
        subjects=names,
        detail=DETAIL(facts=lines(tuple(sentences))),
        observed=tuple(pointer("declaration/cookies", index) for index in missing),
        declared=Quote(quote=first.quote, source=first.source),
        fix=steps(FILL(), remedies.POLICY_PLATFORM()),
        confidence="likely",
    )


def _blanks(case: Case) -> Iterator[Hit]:
    """What the template left for the operator to fill in, all in one finding."""
    left = [(index, remark) for index, remark in enumerate(case.declaration.remarks) if remark.kind == "placeholder"]
    if not left:
        return
    subjects = tuple(dict.fromkeys(remark.subject for _, remark in left))
    yield Hit(
        severity="low",
        title=TITLE_BLANK(len(subjects)),
        subjects=subjects,
        detail=DETAIL_BLANK(facts=lines(tuple(BLANK(what=subject) for subject in subjects))),
        observed=tuple(pointer("declaration/remarks", index) for index, _ in left),
        declared=Quote(quote=left[0][1].quote, source=left[0][1].source),
        fix=steps(FILL_BLANK()),
        confidence="likely",
    )


RULE = Rule(
    name="declaration-incomplete",
    group="declaration",
    title="Each declared cookie has a lifetime and a purpose",
    checks="Whether each row of the cookie list says how long the cookie stays, and what it is for (a purpose, or at "
    "least a category). One finding for all rows. Another one for the blanks of a template that nobody filled in.",
    needs=(needs.POLICY,),
    severity=(
        ("low", "a row lacks one of the two; a blank of a template was left"),
        ("info", "only rows of necessary cookies do"),
    ),
    subject="The cookies' names, or the blanks, as the policy writes them.",
    confidence="`likely`: the text around a list may say it in other words.",
    fairness="A vague lifetime (“a few seconds”) counts as one. A provider is not asked for, because the site's own "
    "cookies need none.",
    legal=(legal.PLANET49, legal.GDPR_12_13),
    texts=(TITLE, DETAIL, NO_DURATION, NO_PURPOSE, TITLE_BLANK, DETAIL_BLANK, BLANK),
    fixes=(FILL, FILL_BLANK, remedies.POLICY_PLATFORM),
    check=_check,
    blind_if_uncalibrated=False,
)

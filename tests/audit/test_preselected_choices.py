"""preselected-choices: boxes ticked in advance."""

from __future__ import annotations

import pytest

from .builders import ACCEPT, SETTINGS, banner, inventory, judged, state, states, without_banner

RULE = "preselected-choices"


def test_a_ticked_category_is_medium() -> None:
    shown = banner(ACCEPT, SETTINGS, preselected=("Necessary", "Statistics", "Marketing"))
    (finding,), check = judged(RULE, inventory(consent=states(shown)))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == ("medium", "banner")
    assert "“Statistics”, “Marketing”" in finding.detail
    assert "Necessary" not in finding.detail
    assert finding.observed[0] == "/states/before/banner/preselected"


@pytest.mark.parametrize(
    "text",
    [
        "Strictly necessary", "Notwendig", "Nécessaires", "Essenziell", "Técnicas", "Niezbędne", "Nødvendige", " ",
        "Cookies necesarias", "Hädavajalikud küpsised", "Būtinieji slapukai", "Nepieciešamās sīkdatnes", "Nužni",
        "Nauðsynlegar", "Meħtieġa", "Задължителни", "Обовʼязкові", "Απαραίτητα", "Zorunlu çerezler", "必須", "ضرورية",
        "Always active", "Cookies techniques",
    ],
)  # fmt: skip
def test_what_is_always_on_is_no_fault(text: str) -> None:
    findings, check = judged(RULE, inventory(consent=states(banner(preselected=(text,)))))
    assert (findings, check.outcome) == ((), "passed")


@pytest.mark.parametrize(
    "text",
    [
        "Non-necessary",
        "Nicht notwendige Cookies",
        "Cookies no necesarias",
        "Niet-noodzakelijk",
        "Nenutné",
        "Unnecessary",
    ],
)
def test_what_is_called_not_necessary_waits_for_a_yes(text: str) -> None:
    (finding,), _ = judged(RULE, inventory(consent=states(banner(preselected=(text,)))))
    assert f"“{text}”" in finding.detail


@pytest.mark.parametrize(
    "text",
    [
        "Legitimate interest", "Berechtigtes Interesse", "Intérêt légitime (755)", "Interés legítimo",
        "Uzasadniony interes", "Oprávněný zájem", "Έννομο συμφέρον", "Законный интерес", "正当な利益",
    ],
)  # fmt: skip
def test_a_switch_for_legitimate_interests_asks_for_no_consent(text: str) -> None:
    """It waits for an objection; whether such an interest may be claimed at all is another question."""
    findings, check = judged(RULE, inventory(consent=states(banner(preselected=(text,)))))
    assert (findings, check.outcome) == ((), "passed")


def test_without_banner_or_page() -> None:
    assert judged(RULE, inventory(consent=without_banner()))[1].outcome == "not-applicable"
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"


def test_what_stands_on_because_it_was_accepted_is_not_ticked_in_advance() -> None:
    reopened = state(banner(ACCEPT, SETTINGS, preselected=("Marketing",)), made="withdraw")
    assert judged(RULE, inventory(consent=states(withdraw=reopened)))[1].outcome == "passed"

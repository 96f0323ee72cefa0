"""The lexicons: which words of which language make which claim. Read from `scanner/policy/data/claims/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal, get_args

from scanner.model.declaration import CLAIM_CODES, ClaimCode
from scanner.policy.claims.pattern import (
    Element,
    Pattern,
    PatternError,
    Step,
    Vocabulary,
    compile_pattern,
    interned,
    shape,
)
from scanner.policy.claims.tokens import fold

Scope = Literal["own", "label", "any"]
Negation = Literal["near", "far", "free", "needed"]

_SHARED: Final = "shared"
_MAX_NESTING: Final = 4


class LexiconError(ValueError):
    """A lexicon file says something that cannot be used; the text names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one claim is recognised in one language. The fields are explained at the top of `shared.toml`."""

    code: ClaimCode
    scope: Scope
    negation: Negation
    strict: bool
    headings: bool
    unless: tuple[Pattern, ...]
    patterns: tuple[Pattern, ...]
    context: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """Words that say whether a sentence speaks of this site at all."""

    general_headings: tuple[Pattern, ...]
    contact_headings: Element
    generic: tuple[Pattern, ...]
    own: Element
    elsewhere: Element
    conditions: Element
    future: Element
    negation: Element
    not_a_negation: Element
    on_consent: Element
    retention: Element
    cookies: Element
    periods: Element
    negation_after: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that is known of one language."""

    language: str
    function_words: frozenset[str]
    scope: ScopeWords
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages with a lexicon, sorted."""
    folder = resources.files("scanner.policy").joinpath("data", "claims")
    names = (entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name for name in names if name != _SHARED))


@lru_cache(maxsize=1)
def link_hints() -> Mapping[ClaimCode, tuple[str, ...]]:
    """Parts of link targets that make a claim by themselves, such as the address of a vendor's opt-out page."""
    codes = _read(_SHARED)["codes"]
    return {code: tuple(entry["links"]) for code, entry in codes.items() if "links" in entry}


@lru_cache(maxsize=64)
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language (ISO 639-1), or None where there is none.

    Raises:
        LexiconError: a data file has an unknown code, key or pattern.
    """
    if language not in languages():
        return None
    everywhere, own = _read(_SHARED), _read(language)
    shared = everywhere["codes"]
    unknown = set(own) - {"language", "function_words", "negation_after", "scope", "groups", "patterns"}
    unknown |= (set(shared) | set(own.get("patterns", {}))) - set(CLAIM_CODES)
    if unknown:
        raise LexiconError(f"{language}.toml: unknown entries: {', '.join(sorted(unknown))}")
    common: dict[str, list[str]] = everywhere["groups"]
    names = common.keys() | own["groups"].keys()
    groups = _expand({n: [*common.get(n, ()), *own["groups"].get(n, ())] for n in sorted(names)}, language)
    rules = tuple(_rule(code, shared[code], own.get("patterns", {}).get(code, ()), groups, language) for code in shared)
    scope = _scope(own, groups, language)
    return Lexicon(
        language=language,
        function_words=frozenset(fold(word) for word in own["function_words"]),
        scope=scope,
        rules=rules,
        vocabulary=Vocabulary(_elements(rules, scope)),
    )


def _read(name: str) -> dict[str, Any]:
    path = resources.files("scanner.policy").joinpath("data", "claims", f"{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{name}.toml: {error}") from error


def _expand(groups: Mapping[str, list[str]], language: str) -> dict[str, list[str]]:
    """Replace members of the form `{other}` by the members of that group."""
    expanded = {name: list(members) for name, members in groups.items()}
    for _ in range(_MAX_NESTING):
        pending = False
        for name, members in expanded.items():
            flat: list[str] = []
            for member in members:
                if member.startswith("{"):
                    pending = True
                    if member[1:-1] not in expanded:
                        raise LexiconError(f"{language}.toml: group {name} names an unknown group: {member}")
                    flat += expanded[member[1:-1]]
                else:
                    flat.append(member)
            expanded[name] = flat
        if not pending:
            return {name: members for name, members in expanded.items() if members}
    raise LexiconError(f"{language}.toml: groups are nested too deeply, or in a circle")


def _rule(
    code: str, entry: Mapping[str, Any], extra: Iterable[str], groups: Mapping[str, list[str]], language: str
) -> Rule:
    scope, negation = entry["scope"], entry["negation"]
    if scope not in get_args(Scope) or negation not in get_args(Negation):
        raise LexiconError(f"shared.toml: {code}: unknown scope or negation")
    return Rule(
        code=next(known for known in get_args(ClaimCode) if known == code),
        scope=scope,
        negation=negation,
        strict=bool(entry.get("strict", False)),
        headings=bool(entry.get("headings", True)),
        unless=_patterns(entry.get("unless", ()), groups, f"{language}.toml: {code}"),
        patterns=_patterns([*entry["patterns"], *extra], groups, f"{language}.toml: {code}"),
        context=_patterns(entry.get("context", ()), groups, f"{language}.toml: {code}"),
    )


def _patterns(texts: Iterable[str], groups: Mapping[str, list[str]], place: str) -> tuple[Pattern, ...]:
    try:
        compiled = (compile_pattern(text, groups, frozenset({"not", "no"})) for text in texts)
        return tuple(pattern for pattern in compiled if pattern is not None)
    except PatternError as error:
        raise LexiconError(f"{place}: {error}") from error


def _scope(own: Mapping[str, Any], groups: Mapping[str, list[str]], language: str) -> ScopeWords:
    words = own["scope"]
    denials = {fold(word) for word in groups["not"]}

    def denies(phrase: str) -> bool:
        return fold(phrase.split()[0]) in denials

    return ScopeWords(
        general_headings=_patterns(words["general_headings"], groups, f"{language}.toml: general_headings"),
        contact_headings=_words(words["contact_headings"]),
        generic=_patterns(words.get("generic", ()), groups, f"{language}.toml: generic"),
        own=_words(words["own"]),
        elsewhere=_words(words["elsewhere"]),
        conditions=_words(words["conditions"]),
        future=_words(words["future"]),
        negation=_words([*groups["not"], *groups.get("no", ())]),
        not_a_negation=_words([*words["not_a_negation"], *(p for p in groups["without_consent"] if not denies(p))]),
        on_consent=_words([*groups["after_consent"], *groups["until_consent"], *groups["without_consent"]]),
        retention=_words(groups["retention"]),
        cookies=_words(groups["cookies"]),
        periods=_words(groups["period"]),
        negation_after=int(own.get("negation_after", 0)),
    )


def _words(phrases: Iterable[str]) -> Element:
    return Element(interned(frozenset(tuple(shape(part) for part in p.replace("-", " ").split()) for p in phrases)))


def _elements(rules: Iterable[Rule], scope: ScopeWords) -> list[Element]:
    elements = [scope.own, scope.elsewhere, scope.conditions, scope.future, scope.negation]
    elements += [scope.not_a_negation, scope.on_consent, scope.contact_headings]
    elements += [scope.retention, scope.cookies, scope.periods]
    patterns = [
        *scope.general_headings,
        *scope.generic,
        *(p for rule in rules for p in (*rule.patterns, *rule.unless, *rule.context)),
    ]
    for pattern in patterns:
        sequences: tuple[tuple[Step, ...], ...] = (pattern.steps, *pattern.absent)
        elements += [step.element for steps in sequences for step in steps]
    return elements

"""Which kind of cookie a label names: "Strictly necessary cookies (4)", "Cookies de mesure d'audience"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from scanner.model.base import DeclaredCategory
from scanner.policy.lexicon import all_words, fold, load, phrase_pattern

CATEGORIES: tuple[DeclaredCategory, ...] = ("necessary", "functional", "analytics", "marketing")

MAX_LABEL_WORDS = 18


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says: categories in its own order; empty where it says "unclassified" or "other"."""

    categories: tuple[DeclaredCategory, ...]

    @property
    def first(self) -> DeclaredCategory | None:
        """The category that counts, or None."""
        return self.categories[0] if self.categories else None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = load("categories")
    return {name: phrase_pattern(all_words(data[name])) for name in (*CATEGORIES, "unclassified", "cookie")} | {
        # Compounds that other languages write as one word: "Marketingcookies", "Analysecookies".
        f"{name}-compound": _compound_pattern(all_words(data[name]))
        for name in CATEGORIES
    }


def _compound_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    stems = sorted(
        {fold(word).rstrip("*") for word in words if " " not in word and len(word) > 4}, key=len, reverse=True
    )
    return re.compile(
        r"(?<![^\W_])(?:" + "|".join(map(re.escape, stems)) + r")[^\W_]{0,4}(?:cookie|kakor|eväste|evaste|kapsl)[^\W_]*"
    )


@cache
def _negation() -> re.Pattern[str]:
    words = "|".join(sorted((re.escape(fold(w)) for w in load("categories")["negation"]["all"]), key=len, reverse=True))
    return re.compile(
        rf"(?<![^\W_])(?:{words})(?:[\s\-–]+(?:strictly|unbedingt|zwingend|strikt|strettamente|estrictamente|strictement|technisch|technically))?[\s\-–]*$"
    )


@cache
def _parts() -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in load("categories")["and"]["all"])
    return re.compile(rf"\s+(?:{words})\s+|[,/&+;|]")


# "Why do we need ...", "What are ...": the label of an explanation.
_QUESTION = re.compile(
    r"^(?:what|why|how|which|when|do|does|can|is|are|was|wie|warum|welche|que|quels?|quelles?|comment|pourquoi|cosa|come|perche|quali"
    r"|cuales|como|por que|wat|hoe|waarom|welke|o que|quais|co|jak|jakie|dlaczego)\b.*\?\s*$"
)
_DECOR = re.compile(r"^[\s\d.)(a-z]{0,4}?[.)\s]\s*(?=\w)|\(\s*\d+\s*\)|\[\s*\d+\s*\]")


def has_cookie_word(text: str) -> bool:
    """Whether a text names cookies, or what serves as one, in any of the languages."""
    return _patterns()["cookie"].search(fold(text)) is not None


@lru_cache(maxsize=8192)
def label_of(text: str) -> Label | None:
    """What a short text says as a label; None where it is none."""
    if len(text) > 160:
        return None
    words = text.split()
    if not words or len(words) > MAX_LABEL_WORDS:
        return None
    folded = fold(text).strip()
    if _QUESTION.match(folded):
        return None
    folded = _condition().sub(" ", folded)
    folded = _settings().sub(lambda match: "cookies".ljust(len(match.group())), folded)
    found = _ordered(_tools().sub(lambda match: "cookies".ljust(len(match.group())), folded))
    if found is None:
        return None
    if len(words) > 14 and not _strictly().search(folded):
        return None
    if not (_patterns()["cookie"].search(folded) or _strictly().search(folded) or _nothing_else(folded)):
        return None
    return Label(found)


def waits_for_choice(text: str) -> bool:
    """Whether a text says that something is done only if the visitor agrees."""
    return _condition().search(fold(text)) is not None


@cache
def _condition() -> re.Pattern[str]:
    return phrase_pattern(all_words(load("categories")["condition"]))


@cache
def _tools() -> re.Pattern[str]:
    """Terms for cookies that have the word of a category in them, such as "tracking technologies"."""
    return phrase_pattern(word for word in all_words(load("categories")["cookie"]) if " " in word)


@cache
def _settings() -> re.Pattern[str]:
    """Names of the place where a choice is made: "Cookie preferences" are settings, "preference cookies" a kind."""
    return phrase_pattern(load("categories")["settings"]["all"])


@cache
def _strictly() -> re.Pattern[str]:
    return phrase_pattern(word for word in all_words(load("categories")["necessary"]) if " " in word)


@cache
def _filler() -> tuple[frozenset[str], frozenset[str]]:
    data = load("categories")
    return frozenset(map(fold, data["filler"]["all"])), frozenset(map(fold, data["foreign"]["all"]))


@cache
def _party() -> re.Pattern[str]:
    """Whose a cookie is may stand beside its kind: "Own, technical"."""
    data = load("parties")
    return phrase_pattern((*data["first"]["all"], *data["third"]["all"]))


def _nothing_else(folded: str) -> bool:
    """Whether a label without the word cookie is made of words for categories, but for one other word at most."""
    rest = _party().sub(" ", folded)
    for key in (*CATEGORIES, "unclassified"):
        rest = _patterns()[key].sub(" ", rest)
    words = re.findall(r"[^\W\d_]+", rest)
    filler, foreign = _filler()
    left = [word for word in words if word not in filler]
    if any(word in foreign for word in left):
        return False
    return not left or (len(left) == 1 and _starts_with_category(folded))


def _starts_with_category(folded: str) -> bool:
    stripped = re.sub(r"^[\W\d_]+", "", folded)
    return any(_patterns()[category].match(stripped) for category in CATEGORIES)


def product_label(text: str) -> Label | None:
    """The kind that the name of a product has in it: "Google Analytics" is for analytics."""
    if len(text) <= 80 and re.search(r"\banalytics\b", fold(text)):
        return Label(("analytics",))
    return None


def _ordered(folded: str) -> tuple[DeclaredCategory, ...] | None:
    """Categories in the order of the text; an empty tuple for "unclassified", None for nothing."""
    patterns = _patterns()
    hits: list[tuple[int, int, DeclaredCategory]] = []
    for category in CATEGORIES:
        for key in (category, f"{category}-compound"):
            for match in patterns[key].finditer(folded):
                if not _negation().search(folded[: match.start()]):
                    hits.append((match.start(), match.end(), category))
    if not hits:
        return () if patterns["unclassified"].search(folded) else None
    unclassified = patterns["unclassified"].search(folded)
    if unclassified and unclassified.end() - unclassified.start() > 8 and unclassified.start() <= min(hits)[0]:
        return ()
    hits = [hit for hit in hits if not any(_covers(other, hit) for other in hits)]
    parts = _part_starts(folded)
    # Within one part, "functional cookies that are strictly necessary" is necessary.
    ranked = sorted(hits, key=lambda hit: (_part(parts, hit[0]), hit[2] != "necessary", hit[0]))
    order: dict[DeclaredCategory, None] = dict.fromkeys(category for _, _, category in ranked)
    return tuple(order)


def _covers(outer: tuple[int, int, DeclaredCategory], inner: tuple[int, int, DeclaredCategory]) -> bool:
    return (
        outer is not inner
        and outer[0] <= inner[0]
        and outer[1] >= inner[1]
        and outer[1] - outer[0] > inner[1] - inner[0]
    )


def _part_starts(folded: str) -> list[int]:
    return [0, *(match.end() for match in _parts().finditer(folded))]


def _part(starts: list[int], position: int) -> int:
    return sum(1 for start in starts if start <= position)


def cell_label(text: str) -> Label | None:
    """What a table's cell says as a label: a few words, nothing but the kind."""
    if len(text) > 90 or len(text.split()) > 8:
        return None
    return label_of(text)


_LEADING = re.compile(r"^(?P<label>[^:.!?]{3,90}?)\s*(?:[:：]|\s[–—-]\s|\.\s)\s*(?P<rest>.*)$", re.S)


def leading_label(text: str, strong: tuple[str, ...] = ()) -> Label | None:
    """The label with which a paragraph or an item begins: "Analytics cookies: these ..."."""
    for marked in strong[:1]:
        if text.startswith(marked) and len(marked.split()) <= 8:
            found = label_of(marked.rstrip(" :.–-"))
            if found is not None and found.categories:
                return found
    match = _LEADING.match(text)
    if match and len(match["label"].split()) <= 8 and "_" not in match["label"]:
        return label_of(match["label"])
    return None


_SELF = re.compile(
    r"\b(?:this|these|it|they|diese[sr]?|dieser|cette?|ces|est[aeo]s?|quest[oaie]|deze|dit|essas?|esses?)\b[^.;]{0,40}?"
    r"\b(?:is|are|ist|sind|est|sont|es|son|e|sono|zijn|sao)\b[^.;]{0,40}"
)


def self_label(text: str) -> Label | None:
    """The kind that a row's own words give it, "These are session cookies which are required ...": a label in a
    sentence, with the word cookie and a form of "to be"; what the cookie is used for is no label."""
    folded = fold(text[:300])
    match = _SELF.search(folded)
    if not match:
        return None
    clause = re.split(r"[.;]", folded[match.start() :])[0][:140]
    if not re.search(r"\bcookies?\b", clause):
        return None
    hit = _patterns()["necessary"].search(clause)
    if hit and not _negation().search(clause[: hit.start()]):
        return Label(("necessary",))
    kinds = re.search(r"(?:\b([^\W\d_]+)[\s\-]+cookies?\b|\bcookies? (?:de|d'|di|da|do|para) ?([^\W\d_]+))", clause)
    if kinds:
        found = _ordered(next(group for group in kinds.groups() if group))
        if found:
            return Label(found)
    return None

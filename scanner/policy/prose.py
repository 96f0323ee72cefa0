"""Cookies named in running text: in brackets, in quotes, or as plain identifiers in a sentence about cookies."""

from __future__ import annotations

import re

from scanner.policy.categories import has_cookie_word, label_of
from scanner.policy.durations import is_duration, stated_lifetime
from scanner.policy.names import is_code_like, is_identifier, is_plain_word, is_token, split_names, tidy
from scanner.policy.reading import Block, Sentence
from scanner.policy.rows import Draft, Harvest, beside, shorten

_BRACKETS = re.compile(r"\(([^()]{2,300})\)")
_WORD = re.compile(r"[^\s,;()\"“”„«»‘’|]+")
_QUOTED = re.compile(
    r"(?:cookies?|cookie-?name|key|schl[uü]ssel|cl[eé]|clave|chiave|sleutel|chave|klucz\w*|named?|called|namens|genannt|nomme|appele|llamad[ao]|chiamat[oi]|denominad[ao])\s*:?\s*[\"“”„«‘'`]+\s?(?P<name>[\w.\-:#*]{2,60})\s?[\"“”»’'`]+",
    re.I,
)
_MAX = 1200
_TIMED = re.compile(r"(?P<name>[^\s,;()]{2,60})\s*\((?P<inner>[^()]{1,40})\)")
_MAY_HOLD = re.compile(r"[_\"“”„«‘'`]|SESS|TOKEN|\([^()]*[*\d-]")


def read_prose(harvest: Harvest) -> None:
    """Take identifiers from sentences that speak of cookies, or stand beneath a heading that does."""
    for sentence in harvest.reading.sentences:
        block = sentence.block
        if block.index in harvest.used or block.kind in ("cell", "heading") or len(sentence.text) > _MAX:
            continue
        names = _names_in(sentence, block)
        if names:
            harvest.add(_drafts(names, sentence, harvest), ())


def _names_in(sentence: Sentence, block: Block) -> list[str]:
    text = _with_quotes(sentence.text, block)
    if not _MAY_HOLD.search(text):
        return []
    links = tuple(span.url or "" for span in block.spans if span.kind == "link")
    if not has_cookie_word(text) and not has_cookie_word(" ".join(sentence.section[-2:])):
        return []
    found: list[str] = []
    for match in _BRACKETS.finditer(text):
        names = split_names((match.group(1),))
        if names and all(is_token(name) for name in names) and any(is_code_like(name) for name in names):
            found.extend(name for name in names if is_identifier(name))
    marked = block.marked("code")
    found.extend(
        match["name"]
        for match in _QUOTED.finditer(text)
        if not is_plain_word(match["name"])
        and is_token(match["name"])
        and (is_identifier(match["name"]) or match["name"] in marked or not _is_kind(match))
    )
    timed = [m["name"].strip("\"“”„«»‘’'`") for m in _TIMED.finditer(text) if _ends_in_duration(m["inner"])]
    if any(is_code_like(name) for name in timed):
        found.extend(
            name
            for name in timed
            if is_token(name) and not is_plain_word(name) and (name.islower() or is_identifier(name))
        )
    for match in _WORD.finditer(text):
        name = tidy(match.group())
        if is_code_like(name) and not _in_address(name, links) and not _is_part_of_code(text, match):
            found.append(name)
    return list(dict.fromkeys(found))


def _is_kind(match: re.Match[str]) -> bool:
    """Whether a word in quotation marks says which cookies are spoken of, as after the plural: cookies “sesyjne”."""
    return (
        re.match(r"cookies|klucze", match.group(), re.I) is not None or label_of(f"{match['name']} cookies") is not None
    )


def _ends_in_duration(text: str) -> bool:
    """Whether what stands in brackets is a duration, alone or after what the cookie is for: "(basket, 7 days)"."""
    return is_duration(text.rsplit(",", 1)[-1])


def _with_quotes(text: str, block: Block) -> str:
    """The text with quotation marks around what is marked as code: "the key theme" names a key."""
    offset = block.text.find(text)
    for span in reversed(block.spans):
        start, end = span.start - offset, span.end - offset
        if span.kind == "code" and offset >= 0 <= start and end <= len(text) and text[start:end].strip():
            text = f'{text[:start]}"{text[start:end].strip()}"{text[end:]}'
    return text


def _in_address(name: str, links: tuple[str, ...]) -> bool:
    return any(name in url for url in links)


def _is_part_of_code(text: str, match: re.Match[str]) -> bool:
    """Whether a word belongs to a statement of a program ("gat._anonymizeIp();")."""
    return re.search(r"[(=]", match.group()) is not None or text[match.end() : match.end() + 1] == "("


def _drafts(names: list[str], sentence: Sentence, harvest: Harvest) -> list[Draft]:
    language = harvest.language
    drafts = []
    for name in names:
        value, raw = beside(name, sentence.text, language)
        if value is None and len(names) == 1:
            stated = stated_lifetime(sentence.text, language)
            if stated is not None:
                value, raw = stated
        drafts.append(
            Draft(
                name=name,
                at=sentence.block.index,
                quote=shorten(sentence.text),
                rank=2,
                duration=value,
                duration_text=raw,
            )
        )
    return drafts

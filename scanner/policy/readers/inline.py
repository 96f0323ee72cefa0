"""Markdown inside a line: emphasis, code, links, escapes and the odd HTML tag."""

from __future__ import annotations

import html
import re

from scanner.policy.readers.collector import Collector

_TOKEN = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?<!`)(?P<code>`{1,8})(?!`)(?P<verbatim>[^`]*)(?P=code)(?!`)"
    r"|!\[(?P<alt>[^\]\[]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)"
    r"|\[(?P<text>(?:\\.|[^\]\[\\]|\[[^\]\[]*\])*)\]\((?P<url>(?:\\.|[^()\s\\]|\([^()\s]*\))*)(?:\s+[\"'][^\"']*[\"'])?\)"
    r"|<(?P<auto>(?:https?|mailto):[^\s<>]+)>"
    r"|(?P<tag></?(?:a|b|i|u|em|strong|span|code|sup|sub|small|font|p|div|br)(?:\s[^<>]*)?/?>)"
    r"|(?P<strong>\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w))"
    r"|(?P<star>\*)"
    r"|(?P<line>(?<!\w)_(?=\S)|(?<=\S)_(?!\w))",
    re.I,
)
_MAX_DEPTH = 3
_MAX_LINE = 20_000
"""A longer line is no prose by a writer; it is taken as it is."""


def write_inline(text: str, out: Collector, depth: int = 0) -> None:
    """Write one line of Markdown as a reader would see it."""
    if len(text) > _MAX_LINE:
        out.text(html.unescape(text))
        return
    closers = _closers(text)
    position = 0
    for match in _TOKEN.finditer(text):
        out.text(html.unescape(text[position : match.start()]))
        position = match.end()
        if match["escape"]:
            out.text(match["escape"][1])
        elif match["code"]:
            out.open_span("code")
            out.text(match["verbatim"])
            out.close_span("code")
        elif match["text"] is not None:
            _link(match["text"], match["url"] or "", out, depth)
        elif match["auto"]:
            _link(match["auto"], match["auto"], out, _MAX_DEPTH)
        elif match["tag"]:
            if match["tag"].lower().startswith(("<br", "<p", "</p", "<div", "</div")):
                out.line_break()
        elif match["strong"] or match["star"] or match["line"]:
            _emphasis(match, closers, out)
    out.text(html.unescape(text[position:]))


def _link(text: str, url: str, out: Collector, depth: int) -> None:
    out.open_span("link", re.sub(r"\\(.)", r"\1", url))
    if depth < _MAX_DEPTH:
        write_inline(text, out, depth + 1)
    else:
        out.text(text)
    out.close_span("link")


def _emphasis(match: re.Match[str], closers: dict[int, str], out: Collector) -> None:
    role = closers.get(match.start())
    if role is None:
        out.text(match.group())
    elif match["strong"]:
        if role == "open":
            out.open_span("strong")
        else:
            out.close_span("strong")


def _closers(text: str) -> dict[int, str]:
    """Where emphasis opens and closes: positions of delimiters that have a partner.

    A name such as `_gat_UA_` is not emphasised words: underscores around a word that has one inside stay.
    """
    roles: dict[int, str] = {}
    waiting: dict[str, int] = {}
    for match in _TOKEN.finditer(text):
        mark = match["strong"] or match["star"] or match["line"]
        if not mark:
            continue
        start, end = match.span()
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        can_open, can_close = not after.isspace(), not before.isspace()
        if can_close and mark in waiting:
            opened = waiting.pop(mark)
            inner = text[opened + len(mark) : start]
            if mark[0] == "_" and " " not in inner and ("_" in inner or "\\" in inner):
                continue
            if inner.strip(" *_"):
                roles[opened], roles[start] = "open", "close"
        elif can_open:
            waiting[mark] = start
    return roles

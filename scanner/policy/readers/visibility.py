"""What of a page a visitor on a desktop reads: responsive duplicates, menus and footers are told apart here."""

from __future__ import annotations

import re

from lxml import etree  # type: ignore[import-untyped]

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_LONG = 80
"""Hidden text longer than this is a closed accordion or tab, which a visitor can open, not a duplicate."""

# Classes of the common CSS frameworks that show an element on small screens only.
_SMALL_SCREEN_ONLY = re.compile(
    r"(?:^|\s)(?:"
    r"is-hidden-(?:tablet|desktop|widescreen)(?:-only)?|is-hidden-tablet"  # Bulma
    r"|visible-(?:xs|sm)(?:-(?:block|inline|inline-block))?|hidden-(?:md|lg)(?:-up)?"  # Bootstrap 3, 4 alpha
    r"|d-(?:sm|md|lg|xl)-none"  # Bootstrap 4, 5
    r"|(?:sm|md|lg|xl):hidden"  # Tailwind
    r"|show-for-small(?:-only)?|hide-for-(?:medium|large)(?:-up)?"  # Foundation
    r"|(?:only-mobile|mobile-only|show-on-mobile|show-mobile|visible-mobile|hide-on-desktop|hide-desktop|hidden-desktop"
    r"|desktop-hidden|uk-hidden@[sml])"
    r")(?=\s|$)"
)
# Text for screen readers repeats what is seen ("opens in a new tab"); it may also hold column labels.
_SCREEN_READER = re.compile(
    r"(?:^|\s)(?:sr-only|visually-hidden|visuallyhidden|screen-reader-text|govuk-visually-hidden|assistive-text)(?=\s|$)"
)
_CHROME_TAGS = frozenset({"nav", "footer"})
_CHROME_ROLES = frozenset({"navigation", "search", "menu", "menubar", "contentinfo"})
_CHROME_HINT = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|main-?menu|site-?(?:header|footer|nav|navigation)|navbar|nav-?menu|mega-?menu"
    r"|skip-?link|page-?footer|footer-?(?:menu|nav|widgets?|links))(?=[\s_]|$)",
    re.I,
)
_INLINE = frozenset(["span", "b", "i", "em", "strong", "small", "a", "label", "sup", "sub", "u", "code", "font"])


def holders(root: etree._Element, *tags: str) -> frozenset[etree._Element]:
    """All elements with one of these within, found in one pass from the inside out."""
    found: set[etree._Element] = set()
    for element in root.iter(*tags):
        parent = element.getparent()
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parent.getparent()
    return frozenset(found)


def is_hidden(element: etree._Element, with_table: frozenset[etree._Element]) -> bool:
    """Whether an element repeats, for small screens or screen readers, what is also shown, or is hidden and short.

    A closed accordion or tab is not hidden in this sense: its content is part of the policy.
    """
    classes = element.get("class") or ""
    if classes and (_SMALL_SCREEN_ONLY.search(classes) or _SCREEN_READER.search(classes)):
        return True
    style = element.get("style") or ""
    if element.get("hidden") is not None or (style and _HIDDEN_STYLE.search(style)):
        if element.tag in _INLINE:
            return True
        if element in with_table or element.tag in ("td", "th", "tr", "tbody", "table"):
            return False
        return not _longer_than(element, _LONG)
    return False


def is_chrome(element: etree._Element, with_content: frozenset[etree._Element]) -> bool:
    """Whether an element is a menu, a footer or the like, and holds no table."""
    tag, role = element.tag, element.get("role") or ""
    if tag in ("html", "body", "main", "article", "table", "tbody", "tr", "td"):
        return False
    hint = f"{element.get('class') or ''} {element.get('id') or ''}"
    if not (tag in _CHROME_TAGS or role in _CHROME_ROLES or (len(hint) < 400 and _CHROME_HINT.search(hint))):
        return False
    if tag == "footer" and any(parent.tag == "article" for parent in element.iterancestors()):
        return False
    return element not in with_content


def weigh(root: etree._Element, with_content: frozenset[etree._Element]) -> tuple[int, int]:
    """Characters of visible text of the whole page, and of it without menus and footers."""
    everything = chrome = 0
    inside: etree._Element | None = None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            if element.tag in ("script", "style", "noscript", "template", "svg", "head"):
                walk.skip_subtree()
            else:
                if inside is None and is_chrome(element, with_content):
                    inside = element
                size = len((element.text or "").strip())
                everything += size
                chrome += size if inside is not None else 0
        else:
            if element is inside:
                inside = None
        if event == "end":
            size = len((element.tail or "").strip())
            everything += size
            chrome += size if inside is not None else 0
    return everything, everything - chrome


def _longer_than(element: etree._Element, limit: int) -> bool:
    """Whether an element has more text than this, or so many elements that it is worth reading."""
    total = 0
    for number, inner in enumerate(element.iter()):
        total += len((inner.text or "").strip()) + (len((inner.tail or "").strip()) if inner is not element else 0)
        if total > limit or number > 200:
            return True
    return False

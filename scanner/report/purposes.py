"""What a cookie or storage key is for, in the reader's language.

The catalogue's sentences are English. In another language the catalogue's closed list of roles speaks, together with
the category: less detailed, and never the wrong language in a declaration.
"""

from __future__ import annotations

from scanner.messages import Labels, Message, known, language
from scanner.model.base import Category
from scanner.model.inventory import Cookie, StorageEntry

_RECOGNISED: Labels[Category] = Labels(
    {
        "necessary": Message("Recognises a visitor again as far as the website needs it to work"),
        "functional": Message("Recognises a visitor again to offer comfort functions"),
        "analytics": Message("Recognises visitors again to measure how the website is used"),
        "marketing": Message("Recognises visitors again to show and measure advertising"),
    }
)
_IDENTIFYING = frozenset({"visitor-id", "user-id"})

_ROLES: Labels[str] = Labels(
    {
        "ab-test": Message("Remembers which variant of a page a visitor is shown in a test"),
        "attribution": Message("Remembers from which advertisement or page a visitor came"),
        "bot-detection": Message("Tells people from automated programs"),
        "cache": Message("Keeps data at hand so that pages load faster"),
        "cart": Message("Keeps the shopping basket"),
        "chat": Message("Runs the chat window"),
        "click-id": Message("Remembers a click on an advertisement to measure its success"),
        "consent-record": Message("Keeps the visitor's answer to the question for consent"),
        "counter": Message("Counts visits or pages"),
        "csrf": Message("Protects forms against misuse by other websites"),
        "frequency-cap": Message("Limits how often an advertisement is shown"),
        "history": Message("Remembers pages or items that were looked at"),
        "language": Message("Remembers the chosen language"),
        "load-balancing": Message("Spreads visitors over several servers"),
        "login": Message("Keeps a visitor logged in"),
        "opt-out": Message("Remembers that a visitor has objected"),
        "payment": Message("Carries out payments and protects them against fraud"),
        "preference": Message("Remembers a visitor's settings"),
        "replay": Message("Records how visitors move about the pages"),
        "security": Message("Protects the website and its visitors against attacks"),
        "session-id": Message("Holds a visit together from page to page"),
        "sync": Message("Matches a visitor's identifiers of several companies"),
        "test": Message("Tests what the browser can store"),
        "throttle": Message("Limits how often data are sent"),
        "video": Message("Plays videos and remembers how they are played"),
    }
)
_CATEGORIES: Labels[Category] = Labels(
    {
        "necessary": Message("Needed for the website to work"),
        "functional": Message("Serves comfort functions of the website"),
        "analytics": Message("Serves to measure how the website is used"),
        "marketing": Message("Serves to show and measure advertising"),
    }
)


def purpose_words(item: Cookie | StorageEntry) -> str:
    """What it is for; empty where nobody knows."""
    if language() == "en" or not item.purpose:
        return item.purpose or ""
    told = known(item.purpose)
    if told != item.purpose:
        return told
    if item.role in _IDENTIFYING and item.category in _RECOGNISED:
        return _RECOGNISED[item.category]
    return (_ROLES.get(item.role) if item.role else None) or _CATEGORIES.get(item.category) or item.purpose

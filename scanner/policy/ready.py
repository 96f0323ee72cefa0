"""What a reading makes at its first use, made ahead of it."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.vendor import Vendor
from scanner.policy.declaration import read
from scanner.policy.files import document_from_bytes

# A page of every kind of thing: a table, a list, running text, lifetimes, companies, promises.
_PAGE = b"""<!doctype html><html lang="en"><title>Cookie policy</title><h1>Cookie policy</h1>
<p>We use cookies. With Google Analytics we measure visits. You can withdraw your consent at any time.</p>
<h2>Statistics</h2><table><tr><th>Name<th>Provider<th>Purpose<th>Duration
<tr><td>_ga<td>Google<td>Tells visitors apart<td>2 years<tr><td>_fbp<td>Meta<td>Advertising<td>3 months</table>
<h2>Necessary cookies</h2><ul><li>PHPSESSID: keeps your session, until the browser is closed</ul></html>"""


def get_ready(known_vendors: Sequence[Vendor]) -> None:
    """Read a small page, so that what the first reading would wait for is there: the words of all languages as
    patterns, the names of all companies. It takes about half a second, may be called in any thread, and changes
    nothing else.
    """
    read([document_from_bytes(_PAGE, "https://ready.invalid/cookies", "text/html")], known_vendors=known_vendors)

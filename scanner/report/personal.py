"""Personal data that went to somebody: which, to whom, how it was written, and where it came from."""

from __future__ import annotations

from scanner.messages import Labels, Message, say
from scanner.model.inventory import PersonalData

DATA_LABELS: Labels[str] = Labels(
    {"email": Message("E-mail address"), "name": Message("Name"), "phone": Message("Telephone number")}
)

SOURCE_LABELS: Labels[str] = Labels(
    {
        "typed": Message("typed into a form by the scan, which did not send the form"),
        "address": Message("part of the page's own address"),
        "request": Message("seen in the request alone, under a name that says what it is"),
    }
)

_PLACES: Labels[str] = Labels(
    {
        "address": Message("in the address of the request"),
        "body": Message("in the body of the request"),
        "referrer": Message("in the Referer line of the request"),
    }
)

_WRITTEN = {
    "base64": "Base64",
    "hex": "hex",
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha256": "SHA-256",
    "sha512": "SHA-512",
}


def written(sent: PersonalData) -> str:
    """How it was written: readable as it is, readable after decoding, or as a digest."""
    if sent.form == "plain":
        return say("in plain text")
    if sent.form in ("base64", "hex"):
        return say("encoded ({form}), readable by anybody", form=_WRITTEN[sent.form])
    return say("as a digest ({form})", form=_WRITTEN[sent.form])


def manner(sent: PersonalData) -> str:
    """How it was written, and in which part of the request."""
    return f"{written(sent)}, {_PLACES[sent.where]}"

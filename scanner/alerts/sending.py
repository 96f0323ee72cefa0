"""Messages on their way: Apprise knows e-mail, chats and web hooks; this module knows when it may be believed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from scanner.errors import ScannerError

_QUIET = logging.getLogger("apprise")

Grade = Literal["bad", "good", "news"]


class AlertError(ScannerError):
    """A message could not be sent. The text names no address: that may hold a password."""


def send(address: str, title: str, body: str, grade: Grade, attach: Sequence[Path] = ()) -> None:
    """Send one message to one Apprise address and return once it has been taken.

    Raises AlertError where the address is none, or the service refused.
    """
    # It takes a fifth of a second to import, and most runs have nothing to tell.
    import apprise  # noqa: PLC0415

    # What Apprise logs may repeat the address, and with it a password or a token.
    _QUIET.setLevel(logging.CRITICAL + 1)
    service = apprise.Apprise()
    if not service.add(address):
        raise AlertError("the address is none that Apprise knows")
    kind = {"bad": apprise.NotifyType.WARNING, "good": apprise.NotifyType.SUCCESS, "news": apprise.NotifyType.INFO}
    sent = service.notify(
        body=body,
        title=title,
        notify_type=kind[grade],
        body_format=apprise.NotifyFormat.TEXT,
        attach=[str(path) for path in attach] or None,
    )
    if not sent:
        raise AlertError("the service could not be reached, or refused the message")

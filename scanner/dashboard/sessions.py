"""Who is asking: a signed cookie, the sessions that it may name, and the token that every form must bring back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass

LASTS_S = 12 * 3600.0
"""How long a login lasts."""

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """One visitor. `user` is null for who has not logged in; `id` is a secret of 256 bits."""

    id: str
    user: str | None


class Sessions:
    """Makes and knows sessions. The key is of this process: a restart ends every session.

    A cookie holds the session's id and user, and is signed. A login is also remembered here, so that logging out
    ends it for whoever has kept the cookie.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go backwards."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._ends: dict[str, float] = {}

    def visitor(self) -> Session:
        """A session of somebody who has not logged in."""
        return Session(secrets.token_urlsafe(32), None)

    def login(self, user: str) -> Session:
        """A new session for a user; its id has been in no cookie before."""
        now = self._clock()
        self._ends = {known: end for known, end in self._ends.items() if end > now}
        while len(self._ends) >= _MOST:
            del self._ends[next(iter(self._ends))]
        session = Session(secrets.token_urlsafe(32), user)
        self._ends[session.id] = now + LASTS_S
        return session

    def logout(self, session: Session) -> None:
        """End a session, wherever its cookie is."""
        self._ends.pop(session.id, None)

    def cookie(self, session: Session) -> str:
        """The value of the cookie that names this session."""
        body = _packed(json.dumps([session.id, session.user]).encode("utf-8"))
        return f"{body}.{self._sign('session', body)}"

    def read(self, cookie: str | None) -> Session | None:
        """The session that a cookie names; null where it is forged, of another process, logged out or too old."""
        body, _, signature = (cookie or "").partition(".")
        if not body or not _equal(signature, self._sign("session", body)):
            return None
        held, user = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        session = Session(str(held), None if user is None else str(user))
        if session.user is not None and self._ends.get(session.id, 0.0) <= self._clock():
            return None
        return session

    def token(self, session: Session) -> str:
        """What a form of this session must bring back."""
        return self._sign("form", session.id)

    def is_token(self, session: Session, given: str) -> bool:
        """Whether a form was made for this session."""
        return _equal(given, self.token(session))

    def _sign(self, use: str, text: str) -> str:
        return _packed(hmac.new(self._key, f"{use}:{text}".encode(), hashlib.sha256).digest())


def _equal(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode("utf-8"))


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")

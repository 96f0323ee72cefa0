"""The tables of the history: the same on every engine.

What a site has is kept run-length: one row for each thing with the first and the last scan that saw it, whatever the
number of scans between. Moments are microseconds since 1970 (see `moments`); consent states are joined by commas.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

METADATA = MetaData()


class Words(TypeDecorator[str]):
    """Text that a stranger may have written, cut to a number of characters.

    Without what PostgreSQL refuses (a NUL) and what no encoding can write (half a surrogate pair).
    """

    impl = Text
    cache_ok = True

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        """The text as it is kept."""
        return None if value is None else plain(value)[: self.limit]


def plain(value: str) -> str:
    """Text without what a database cannot keep."""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


_IDENTITY = 200


def bounded(name: str, limit: int = _IDENTITY) -> str:
    """A name by which a thing is known again: one beyond all measure is cut, and told from others by its sum."""
    kept = plain(name)
    return kept if len(kept) <= limit else f"{kept[: limit - 17]}…{hashlib.sha256(kept.encode()).hexdigest()[:16]}"


def _site() -> Column[int]:
    return Column("site", ForeignKey("sites.id", ondelete="CASCADE"), nullable=False)


def _moment(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=null)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


SCHEMA = Table("schema_version", METADATA, Column("version", Integer, nullable=False))

SITES = Table(
    "sites",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("url", Words(2000), nullable=False),
    Column("host", Words(300), nullable=False),
    Column("owner", Words(300)),
    Column("state", SmallInteger, nullable=False),  # its place in SITE_STATES
    Column("failures", Integer, nullable=False),
    Column("reached", Text, nullable=False),  # every state that a good scan ever reached
    _moment("last_due", null=True),
    Column("last_scan", Integer),
    Column("good_scan", Integer),
)

SCANS = Table(
    "scans",
    METADATA,
    Column("id", Integer, primary_key=True),
    _site(),
    _moment("due"),
    _moment("started"),
    _moment("finished", null=True),
    Column("outcome", String(16), nullable=False),
    Column("state", SmallInteger, nullable=False),  # in which it leaves its site, its place in SITE_STATES
    Column("score", Integer),
    _count("high"),
    _count("medium"),
    _count("low"),
    _count("info"),
    _count("cookies"),
    _count("cookies_before"),
    _count("nonessential_before"),
    _count("vendors"),
    _count("vendors_before"),
    Column("banner", Boolean),
    Column("reached", Text, nullable=False),
    Column("banners", Text, nullable=False),  # states in which there was a banner
    Column("problem", Words(500)),
    Column("location", Words(1000), nullable=False),
    Column("tool", Words(60), nullable=False),
    UniqueConstraint("site", "due"),
    sqlite_autoincrement=True,
)

COOKIES = Table(
    "cookies",
    METADATA,
    Column("id", Integer, primary_key=True),
    _site(),
    Column("name", Words(_IDENTITY), nullable=False),
    Column("domain", Words(300), nullable=False),
    Column("party", String(8), nullable=False),
    Column("category", String(16), nullable=False),
    Column("vendor", Words(200)),
    Column("states", Text, nullable=False),
    Column("words", Words(1000), nullable=False),  # what a search looks at, case folded
    _moment("first_seen"),
    _moment("last_seen"),
    _count("scans"),
    Column("gone", Boolean, nullable=False),
    UniqueConstraint("site", "name", "domain"),
)

VENDORS = Table(
    "vendors",
    METADATA,
    Column("id", Integer, primary_key=True),
    _site(),
    Column("name", Words(_IDENTITY), nullable=False),
    Column("category", String(16), nullable=False),
    Column("states", Text, nullable=False),
    Column("words", Words(1000), nullable=False),
    _moment("first_seen"),
    _moment("last_seen"),
    _count("scans"),
    Column("gone", Boolean, nullable=False),
    UniqueConstraint("site", "name"),
)

FINDINGS = Table(
    "findings",
    METADATA,
    Column("id", Integer, primary_key=True),
    _site(),
    Column("rule", String(60), nullable=False),
    Column("subject", Words(_IDENTITY), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("title", Words(500), nullable=False),
    Column("states", Text, nullable=False),
    Column("counts", Boolean, nullable=False),
    _moment("first_seen"),
    _moment("last_seen"),
    _count("scans"),
    _moment("resolved", null=True),
    UniqueConstraint("site", "rule", "subject"),
)

POLICIES = Table(
    "policies",
    METADATA,
    Column("id", Integer, primary_key=True),
    _site(),
    Column("url", Words(2000), nullable=False),
    Column("title", Words(300), nullable=False),
    Column("language", Words(40)),
    Column("basis", String(12), nullable=False),  # what the sum is of: "sentences", or "declared" (what was read)
    Column("sha256", String(64), nullable=False),
    Column("sums", Text, nullable=False),  # eight hexadecimal digits for each sentence
    Column("bytes_sha256", String(64), nullable=False),
    Column("tool", Words(60), nullable=False),
    _moment("first_seen"),
    _moment("last_seen"),
    _count("scans"),
    _count("returns"),  # how often it came back after another text
    Index("policies_site", "site"),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("id", Integer, primary_key=True),
    _site(),
    Column("scan", ForeignKey("scans.id", ondelete="CASCADE"), nullable=False),
    _moment("at"),
    Column("kind", String(20), nullable=False),
    Column("subject", Words(2000), nullable=False),
    Column("rule", String(60)),
    Column("severity", String(8)),
    Column("detail", Words(500), nullable=False),
    Index("changes_site", "site", "id"),
    Index("changes_scan", "scan"),
    sqlite_autoincrement=True,
)

STANDINGS = Table(
    "standings",
    METADATA,
    Column("id", Integer, primary_key=True),
    _site(),
    Column("state", SmallInteger, nullable=False),
    _moment("since"),
    _moment("until", null=True),
    Index("standings_site", "site", "until"),
)
"""How a site stood: one row for each unbroken stretch of one state."""

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("site", String(200), primary_key=True),
    Column("due", BigInteger, primary_key=True),
    _count("number"),
    _moment("at"),
    Column("kind", Words(60), nullable=False),
    Column("message", Words(500), nullable=False),
)

HOSTS = Table(
    "hosts",
    METADATA,
    Column("host", String(300), primary_key=True),
    _moment("started", null=True),
    _moment("ended", null=True),
    _moment("busy_until", null=True),
    _count("failures"),
    _moment("open_until", null=True),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("site", String(200), nullable=False),
    _moment("due"),
    Column("target", String(200), nullable=False),
    Column("message", Text, nullable=False),
    _moment("not_before"),
    _moment("taken_until", null=True),
    _count("failures"),
    Column("problem", Words(500)),
    _moment("ended", null=True),  # delivered, or given up
    Column("delivered", Boolean, nullable=False),
    UniqueConstraint("site", "due", "target"),
    Index("outbox_waiting", "not_before", sqlite_where=text("ended IS NULL"), postgresql_where=text("ended IS NULL")),
    sqlite_autoincrement=True,
)

LEFTOVERS = Table("leftovers", METADATA, Column("location", String(1000), primary_key=True))
"""Where files of forgotten scans lie, until somebody says that they are removed."""

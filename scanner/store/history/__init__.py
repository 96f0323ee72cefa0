"""The history of watched sites: scans, cookies, companies, findings and policy texts by time.

`open_history` gives a History, kept in a file (SQLite) or on a server (PostgreSQL) by the same code. Reports on disk
are the truth; what the database knows of scans can be made again from their folders (`rebuild`).
"""

from scanner.store.history.book import History
from scanner.store.history.database import AwayError, Database, HistoryError
from scanner.store.history.rebuilding import rebuild

__all__ = ["AwayError", "History", "HistoryError", "open_history", "rebuild"]


def open_history(database: str) -> History:
    """Open a history by the path of its file or its `postgresql://` address, and create it where there is none.

    Raises UsageError, in one line and without the password, where it cannot be opened: AwayError, which is one, where
    its server does not answer now.
    """
    return History(Database(database))

"""A small local web page over the history of watched sites: server-rendered, read-only unless told otherwise."""

from scanner.dashboard.app import Parts, build_app
from scanner.dashboard.export import Export, Exported
from scanner.dashboard.guard import Guard
from scanner.dashboard.pages import Shown
from scanner.dashboard.passwords import Password

__all__ = ["Export", "Exported", "Guard", "Parts", "Password", "Shown", "build_app"]

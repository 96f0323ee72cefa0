"""The demonstration: websites with known behaviour, served on loopback, and what a scan of each must find."""

from scanner.demo.expectations import Differences, compare, subjects_of
from scanner.demo.loading import read_site, sites_folder
from scanner.demo.loading import site_names as site_names
from scanner.demo.model import DemoSite, ExpectedFinding, ForbiddenFinding
from scanner.demo.server import DemoServer, Hit, serve_demo


def load_site(name: str) -> DemoSite:
    """One demonstration site by name. Raises UsageError where there is none, or its files have a mistake."""
    return read_site(name).described()


__all__ = [
    "DemoServer",
    "DemoSite",
    "Differences",
    "ExpectedFinding",
    "ForbiddenFinding",
    "Hit",
    "compare",
    "load_site",
    "serve_demo",
    "site_names",
    "sites_folder",
    "subjects_of",
]

"""Evidence to labelled inventory: what every cookie, host, storage key and beacon is, and whose."""

from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.load import CatalogueError, load_catalogue
from scanner.classify.catalogue.match import CATEGORY_SOURCES, Match
from scanner.classify.inventory import build_inventory

__all__ = ["CATEGORY_SOURCES", "Catalogue", "CatalogueError", "Match", "build_inventory", "load_catalogue"]

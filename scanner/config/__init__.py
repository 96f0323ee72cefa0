"""The configuration of a scan: what it can be (`schema`), and how `scan.toml` becomes one (`reading`)."""

from scanner.config.reading import override, read_config, watches_sites
from scanner.config.recipe import Recipe
from scanner.config.schema import DEFAULT_STATES, Config

__all__ = ["DEFAULT_STATES", "Config", "Recipe", "override", "read_config", "watches_sites"]

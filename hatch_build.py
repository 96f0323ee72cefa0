"""Build hook: compiles the catalogue's vendor files into the one JSON file that the wheel carries."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TARGET = "scanner/classify/data/catalogue.json"


class CatalogueBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the compiled catalogue into the wheel. An editable install reads the sources itself."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and name the file to be included."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            load = importlib.import_module("scanner.classify.catalogue.load")
            compiled = importlib.import_module("scanner.classify.catalogue.compiled")
        finally:
            sys.path.remove(self.root)
        sources = Path(self.root) / "scanner" / "classify" / "data" / "vendors"
        # Without the stamp of the sources, which the wheel does not carry: the same sources give the same bytes.
        layer = compiled.compile_layer(load.read_folder(sources))
        target = Path(self.root) / "build" / "catalogue.json"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(load.encode(layer))
        build_data["force_include"][str(target)] = TARGET

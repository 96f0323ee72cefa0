"""One scan of the conformance site through the product's own road, laid beside the truth."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from scanner.config import Config
from scanner.pipeline import scan_sites
from scanner.store import read_evidence
from tools.conformance.compare import Channel, compare
from tools.conformance.server import HOME, START, areas, serve_conformance
from tools.conformance.truth import Truth, read_truth


@dataclass(frozen=True)
class Measured:
    """One run: what each channel showed, how long the scan took, and how it ended."""

    channels: tuple[Channel, ...]
    truth: Truth
    seconds: float
    outcome: str

    @property
    def perfect(self) -> bool:
        """Whether every channel was seen as it was."""
        return all(channel.perfect for channel in self.channels)


async def measure(folder: Path) -> Measured:
    """Serve the site, scan it in three states into `folder`, and compare.

    Raises RuntimeError where the scan brought no result at all.
    """
    truth = read_truth(areas())
    errors: list[object] = []
    async with serve_conformance() as server:
        config = Config(
            host_rules=server.host_rules,
            ignore_https_errors=True,
            pages=len(truth.pages),
            policy=(str(HOME / "policy.md"),),
        )
        began = time.perf_counter()
        await scan_sites([START], config, lambda _: folder, lambda *_: None, lambda _, done: errors.append(done))
        seconds = time.perf_counter() - began
        log = tuple(server.log)
    if not (folder / "scan.json").exists():
        raise RuntimeError(f"no scan: {errors}")
    scan = json.loads((folder / "scan.json").read_text(encoding="utf-8"))
    evidence = read_evidence(folder).evidence
    return Measured(compare(scan, evidence, truth, log), truth, seconds, scan["outcome"])

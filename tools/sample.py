"""Build `reports/sample/` anew: the report of one demonstration site, and the picture of it for the README.

The evidence is what is committed besides: a scan is never the same twice, an audit of the same evidence always is.
With `--evidence` the site is scanned anew first; without, the report is rebuilt from the committed evidence.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path

SITE = "deaf-ear-news"
ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "reports" / "sample"
EVIDENCE = ROOT / "fixtures" / "evidence" / SITE


async def scan() -> None:
    """Scan the demonstration site into `fixtures/evidence/`."""
    from scanner.config import Config
    from scanner.demo import serve_demo
    from scanner.pipeline import open_instrument
    from scanner.recording import capture

    shutil.rmtree(EVIDENCE, ignore_errors=True)
    async with serve_demo([SITE]) as server:
        config = Config(host_rules=server.host_rules, ignore_https_errors=True, pages=4)
        async with open_instrument(config) as instrument:
            await capture(instrument, server.sites[0].start, config, EVIDENCE, lambda *_: None)


def build(folder: Path) -> None:
    """Write the report of the committed evidence into a folder."""
    from scanner.classify import load_catalogue
    from scanner.config import Config
    from scanner.judging import audit

    audit(EVIDENCE, Config(), load_catalogue(), out=folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--evidence", action="store_true", help="scan the demonstration site anew first")
    if parser.parse_args().evidence:
        asyncio.run(scan())
    with tempfile.TemporaryDirectory() as scratch:
        build(Path(scratch) / "sample")
        shutil.rmtree(SAMPLE, ignore_errors=True)
        shutil.copytree(Path(scratch) / "sample", SAMPLE)
    print(f"written: {SAMPLE.relative_to(ROOT)}/report.html")

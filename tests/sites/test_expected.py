"""The whole scanner on every demonstration site: findings equal the site's truth, nothing missing, nothing extra."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scanner import judging, pipeline, recording
from scanner.capture.instrument import Instrument
from scanner.classify import Catalogue, load_catalogue
from scanner.config import Config
from scanner.demo import DemoServer, compare, serve_demo, site_names

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[DemoServer]:
    """All sites."""
    async with serve_demo() as running:
        yield running


@pytest.fixture(scope="module")
def config(server: DemoServer) -> Config:
    """A scan of the demonstration, as a user would configure it."""
    return Config(host_rules=server.host_rules, ignore_https_errors=True)


@pytest.fixture(scope="module")
async def instrument(config: Config) -> AsyncIterator[Instrument]:
    """One calibrated browser for all sites."""
    async with pipeline.open_instrument(config) as opened:
        yield opened


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue that is shipped."""
    return load_catalogue()


@pytest.mark.parametrize("name", site_names())
async def test_the_findings_of_a_site_are_the_expected_ones(
    server: DemoServer,
    config: Config,
    instrument: Instrument,
    catalogue: Catalogue,
    tmp_path: Path,
    name: str,
) -> None:
    site = next(site for site in server.sites if site.name == name)
    start = len(server.log)
    wanted = config.model_copy(update={"pages": len(site.pages)})
    await recording.capture(instrument, site.start, wanted, tmp_path, lambda host, step: None)
    scan = judging.audit(tmp_path, wanted, catalogue).scan

    assert scan.outcome == "complete", scan.problems
    strangers = {hit.host for hit in server.log[start:]} - set(site.all_hosts())
    assert strangers == set(), "the browser asked for hosts that are none of the site's"
    assert {page.url for page in scan.pages if page.state == "before"} == set(site.pages)
    differences = compare(site, scan.findings)
    assert not differences, "\n".join(differences.lines())

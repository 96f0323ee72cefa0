"""The first half of a scan: a site into the evidence of a folder.

What is needed only when the first page has been seen is loaded then, or before by whoever has nothing better to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import scanner
from scanner import capture as capturing
from scanner.capture.consent.explain import Trace
from scanner.capture.discretion import Discretion
from scanner.capture.instrument import Instrument
from scanner.config import Config
from scanner.given import GivenFirst, policy_files, split_policies
from scanner.model.evidence import Gap, Link
from scanner.store import EvidenceWriter, Redacting, Redactor

Progress = Callable[[str, capturing.Progress], None]
"""Called with the host of the site and what is being done to it."""


async def capture(
    instrument: Instrument,
    url: str,
    config: Config,
    folder: Path,
    progress: Progress,
    listen: Callable[[str], Trace | None] = lambda _: None,
    *,
    limit_s: float | None = None,
) -> None:
    """Scan one site into the evidence of `folder`. A site that cannot be scanned leaves evidence that says so.

    `listen` gives, for each consent state, who hears step by step what becomes of the banner, or null. After `limit_s`
    seconds the scan is ended, whatever it is at, and says so.
    """
    host = urlsplit(url).hostname or url
    addresses, _ = split_policies(config.policy)
    table = config.recipe.get(host) or config.recipe.get(host.removeprefix("www."))
    plan = capturing.Plan(
        url=url,
        states=config.states,
        pages=config.pages,
        policy_urls=addresses,
        also_urls=config.also,
        recipe=table,
        login=config.login,
        tabs=config.tabs,
        page_timeout_s=config.page_timeout,
        site_timeout_s=config.site_timeout,
        life_ms=config.page_life * 1000,
        ignore_robots=config.ignore_robots,
        name_server=config.name_server,
        type_into_forms=config.type_into_forms,
        tool_version=scanner.__version__,
        user_given_policy=", ".join(config.policy) or None,
    )
    given = policy_files(config.policy)
    with EvidenceWriter(folder) as writer:

        def choose(links: Sequence[Link]) -> Sequence[tuple[str, str]]:
            from scanner.policy import choose_documents  # noqa: PLC0415

            return () if config.policy else choose_documents(links, url)

        redactor = Redactor()
        sink = Redacting(GivenFirst(writer, given), redactor)
        try:
            async with asyncio.timeout(limit_s):
                await instrument.scan(
                    plan,
                    sink,
                    progress=lambda step: progress(host, replace(step, url=redactor.text(step.url))),
                    choose_documents=choose,
                    listen=listen,
                    discretion=_discretion(config, redactor) if config.login is not None else None,
                )
        except TimeoutError:
            writer.record(Gap(what="time", url=url, message=f"the scan was ended at its limit of {limit_s:g} s"))


def _discretion(config: Config, redactor: Redactor) -> Discretion:
    """Who keeps a login's secrets, and knows what is left behind: answers to banners, what counts or advertises."""
    from scanner.classify import load_catalogue  # noqa: PLC0415

    catalogue = load_catalogue(tuple(Path(name) for name in config.catalogue))

    def leave_behind(kind: Literal["cookie", "local"], name: str, host: str) -> bool:
        known = catalogue.cookie(name, host, kind=kind)
        return known is not None and (known.role == "consent-record" or known.category in ("analytics", "marketing"))

    return Discretion(redactor.conceal, leave_behind)

"""What is asked of capture: the browser's settings, the plan of one scan, and the progress it reports."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.capture.guard import GuardMode
from scanner.config.login import Login
from scanner.config.recipe import Recipe


@dataclass(frozen=True)
class BrowserOptions:
    """How the browser is started. `executable` null: find one. `host_rules` as in `--host-rules` of the contract.

    `geolocation` is latitude and longitude in degrees: pages that ask are told so, and need not ask the visitor.
    `guard` says to which addresses the browser may speak, `allow` which networks and names it may besides. With a
    `proxy`, it is the proxy that connects, and nothing can be guarded here: `public` is then refused.
    """

    executable: str | None = None
    host_rules: str | None = None
    ignore_https_errors: bool = False
    proxy: str | None = None
    user_agent: str | None = None
    locale: str | None = None
    viewport: tuple[int, int] = (1366, 900)
    timezone: str | None = None
    geolocation: tuple[float, float] | None = None
    guard: GuardMode = "off"
    allow: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One site's scan.

    `pages` counts the given URL. `page_urls` are visited instead of pages that the scanner would choose, `also_urls`
    before them and in any case; `policy_urls` are fetched instead of what `choose_documents` proposes. `life_ms` is
    how long a life of each page is observed; the time limits are seconds on the wall. `user_given_policy` is the
    user's own word for the policy (an address or a file), written down as asked. `name_server` is asked where the
    site's hosts lead by name: `system`, `off`, or `address[:port]`.
    """

    url: str
    states: tuple[str, ...]
    pages: int
    tool_version: str
    user_given_policy: str | None = None
    policy_urls: tuple[str, ...] = ()
    page_urls: tuple[str, ...] = ()
    also_urls: tuple[str, ...] = ()
    recipe: Recipe | None = None
    login: Login | None = None
    tabs: int = 6
    page_timeout_s: float = 45.0
    site_timeout_s: float = 600.0
    life_ms: float = 30_000.0
    ignore_robots: bool = False
    name_server: str = "system"
    type_into_forms: bool = True


@dataclass(frozen=True)
class Progress:
    """What capture is doing right now, in words for a person."""

    state: str
    url: str
    doing: str

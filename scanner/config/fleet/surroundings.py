"""Whether what a fleet needs from its surroundings is there: files that it names, and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scanner.config.fleet.reading import Inspection
from scanner.config.fleet.schema import WatchedSite
from scanner.config.mistakes import Mistake
from scanner.config.positions import Place
from scanner.config.secret import Secret
from scanner.errors import UsageError


def missing_files(inspection: Inspection) -> list[Mistake]:
    """Policies, baselines and folders of vendors that sites name, and that are not there; each told once."""
    return _once(
        inspection.site_mistake(site.name, key, f"{key}: {name} is not there")
        for site in inspection.fleet.sites
        for key, name in _files(site)
        if not Path(name).exists()
    )


def missing_secrets(inspection: Inspection) -> list[Mistake]:
    """Secrets and recorded logins that cannot be had on this machine; each told once."""
    return _once(_unavailable(inspection))


def _unavailable(inspection: Inspection) -> Iterator[Mistake]:
    for place, secret in _secrets(inspection):
        if (why := _why_not(secret)) is not None:
            yield inspection.mistake(place, f"{'.'.join(str(part) for part in place)}: {why}")
    for site in inspection.fleet.sites:
        if site.login is None:
            continue
        for step in site.login.steps:
            if isinstance(step.value, Secret) and (why := _why_not(step.value)) is not None:
                yield inspection.site_mistake(site.name, "login", f"login: {why}")
        state = site.login.storage_state
        if state is not None and not Path(state).is_file():
            yield inspection.site_mistake(site.name, "login", f"login.storage_state: {state} is not there")


def _why_not(secret: Secret) -> str | None:
    try:
        secret.value()
    except UsageError as error:
        return str(error)
    return None


def _once(mistakes: Iterator[Mistake]) -> list[Mistake]:
    return sorted(set(mistakes))


def _files(site: WatchedSite) -> Iterator[tuple[str, str]]:
    config = site.config
    yield from (("policy", name) for name in config.policy if not name.startswith(("http://", "https://")))
    yield from (("catalogue", name) for name in config.catalogue)
    if config.baseline is not None:
        yield "baseline", config.baseline


def _secrets(inspection: Inspection) -> Iterator[tuple[Place, Secret]]:
    fleet = inspection.fleet
    places: list[tuple[Place, object]] = [
        (("history", "database"), fleet.history.database),
        (("history", "password"), fleet.history.password),
    ]
    places += [(("notify", name, "url"), target.url) for name, target in fleet.notify.items()]
    places += [(("serve", "users", name), secret) for name, secret in fleet.serve.users.items()]
    yield from ((place, value) for place, value in places if isinstance(value, Secret))

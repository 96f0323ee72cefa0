"""A scan as recorded, read back and sorted by kind; policy documents with their text."""

from __future__ import annotations

from scanner.model.base import Model, UtcTime
from scanner.model.consent import BannerSeen, ChoiceMade, Screenshot, SignalsRead
from scanner.model.evidence import (
    Gap,
    ImageSeen,
    JarSnapshot,
    Request,
    ScanFinished,
    ScanStarted,
    ScriptCall,
    ScriptCookieWrite,
    StorageSnapshot,
    Visit,
)
from scanner.model.probes import CanaryPlanted, LoginBrought, NameResolved


class Document(Model):
    """A policy document with its text, ready to be read. `sha256` is of the bytes as retrieved."""

    url: str
    title: str = ""
    language: str | None = None
    media_type: str
    retrieved: UtcTime | None = None
    sha256: str
    text: str


class Evidence(Model):
    """A whole scan as recorded, sorted by kind. `finished` is null where the scan was cut short."""

    scan: ScanStarted
    finished: ScanFinished | None = None
    visits: tuple[Visit, ...] = ()
    requests: tuple[Request, ...] = ()
    script_cookies: tuple[ScriptCookieWrite, ...] = ()
    jars: tuple[JarSnapshot, ...] = ()
    storage: tuple[StorageSnapshot, ...] = ()
    calls: tuple[ScriptCall, ...] = ()
    images: tuple[ImageSeen, ...] = ()
    banners: tuple[BannerSeen, ...] = ()
    choices: tuple[ChoiceMade, ...] = ()
    signals: tuple[SignalsRead, ...] = ()
    screenshots: tuple[Screenshot, ...] = ()
    documents: tuple[Document, ...] = ()
    canaries: tuple[CanaryPlanted, ...] = ()
    names: tuple[NameResolved, ...] = ()
    logins: tuple[LoginBrought, ...] = ()
    gaps: tuple[Gap, ...] = ()

"""Frames: what every frame keeps in its storage and which images it shows, at the end of each phase.

Read in a world of the instrument's own, beside the page's scripts, so that a page can neither see nor bend it.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Literal

from scanner.capture.cdp import ProtocolError, Session
from scanner.capture.collectors.base import Collector, TabState
from scanner.capture.log import VisitLog
from scanner.capture.together import together
from scanner.model.evidence import ImageSeen, StorageItem, StorageSnapshot
from scanner.site import site_of

WORLD = "cookie-scanner-evidence"
"""Name of the isolated world."""

_SOURCE = files(__package__).joinpath("frame_probe.js").read_text(encoding="utf-8")
_MOST_FRAMES = 100
_TIMEOUT_S = 5.0
_Kind = Literal["local", "session", "indexeddb", "cache", "service-worker"]
_KINDS: tuple[_Kind, ...] = ("local", "session", "indexeddb", "cache", "service-worker")
_PARTITION = re.compile(r"\^0([^^]+)")
"""In a storage key as text (`https://third.example/^0https://shop.example`): the top-level site of the partition."""
_FOREIGN_ANCESTOR = "^31"
"""The same where the top-level site is the origin's own, with another site in between."""


class Frames(Collector):
    """Asks every frame of every process of the tab, all at once."""

    def __init__(self, tab: TabState) -> None:
        super().__init__(tab)
        self._sessions: list[Session] = []

    def attach(self, session: Session) -> None:
        if session.kind in ("page", "iframe"):
            self._sessions.append(session)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The processes that hold frames of the tab, the page's own first."""
        return tuple(session for session in self._sessions if not session.closed)

    async def snapshot(self, log: VisitLog) -> None:
        phase, top_url = log.phase, log.top_url
        self._sessions = [session for session in self._sessions if not session.closed]
        frames = [(session, frame) for session in self._sessions for frame in await frames_of(session)]
        if len(frames) > _MOST_FRAMES:
            log.gap("storage", f"{len(frames)} frames on the page: the first {_MOST_FRAMES} are read")
        # Databases and caches answer only while the page lives.
        answers = await self.tab.time.during(_read_all(frames[:_MOST_FRAMES]), _TIMEOUT_S) or []
        seen: set[tuple[str, str, str | None, tuple[StorageItem, ...]]] = set()
        for (_, frame), answer in itertools.zip_longest(frames[:_MOST_FRAMES], answers):
            if answer is None:
                if frame.get("url", "").startswith("http"):
                    log.gap("storage", "a frame did not answer when its storage was read", url=frame["url"])
                continue
            for kind in _KINDS:
                items = tuple(sorted(_items(answer.get(kind)), key=lambda item: item.key))
                place = (kind, answer["origin"], answer["partition"], items)
                if items and place not in seen:
                    seen.add(place)
                    log.emit(
                        StorageSnapshot(
                            visit=log.visit,
                            context=log.context,
                            phase=phase,
                            storage=kind,
                            origin=answer["origin"],
                            top_url=top_url,
                            frame_url=answer["url"],
                            items=items,
                            partition_key=answer["partition"],
                        )
                    )
            for url, width, height, visible, shown_width, shown_height in answer.get("images", ()):
                if url and not url.startswith("data:"):
                    log.emit(
                        ImageSeen(
                            visit=log.visit,
                            context=log.context,
                            phase=phase,
                            url=url,
                            natural_width=int(width),
                            natural_height=int(height),
                            visible=bool(visible),
                            frame_url=answer["url"],
                            shown_width=round(float(shown_width), 1),
                            shown_height=round(float(shown_height), 1),
                        )
                    )


async def frames_of(session: Session) -> list[Mapping[str, Any]]:
    """The frames that one process holds, outermost first, in the protocol's own words; none where it is gone."""
    try:
        tree = await session.send("Page.getFrameTree", timeout_s=_TIMEOUT_S)
    except ProtocolError:
        return []
    return list(_walk(tree["frameTree"]))


def _walk(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield tree["frame"]
    for child in tree.get("childFrames", ()):
        yield from _walk(child)


async def _read_all(frames: Sequence[tuple[Session, Mapping[str, Any]]]) -> list[Mapping[str, Any] | None]:
    return await together(*(_read(session, frame) for session, frame in frames))


async def _read(session: Session, frame: Mapping[str, Any]) -> Mapping[str, Any] | None:
    asked = session.post("Storage.getStorageKey", {"frameId": frame["id"]})
    try:
        world = await session.send(
            "Page.createIsolatedWorld", {"frameId": frame["id"], "worldName": WORLD}, timeout_s=_TIMEOUT_S
        )
        answer = await session.send(
            "Runtime.evaluate",
            {
                "expression": _SOURCE,
                "contextId": world["executionContextId"],
                "awaitPromise": True,
                "returnByValue": True,
            },
            timeout_s=_TIMEOUT_S,
        )
    except ProtocolError:
        return None
    value = answer.get("result", {}).get("value")
    if not isinstance(value, Mapping) or "exceptionDetails" in answer:
        return None
    return {**value, "partition": await _partition(asked, value["origin"])}


async def _partition(asked: asyncio.Future[dict[str, Any]], origin: str) -> str | None:
    """The top-level site for which a frame's storage is kept apart, or null.

    A frame of the page's own site within one of another site has a partition too, of its own site.
    """
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            key = str((await asked).get("storageKey", ""))
    except (ProtocolError, TimeoutError):
        return None
    found = _PARTITION.search(key)
    if found is not None:
        return found[1]
    scheme, _, host = origin.partition("://")
    return f"{scheme}://{site_of(host)}" if _FOREIGN_ANCESTOR in key else None


def _items(raw: list[list[Any]] | None) -> Iterator[StorageItem]:
    for key, value, size in raw or ():
        yield StorageItem(key=key, value=value, bytes=int(size))

"""Typing into forms without ever sending them, to see what is read on the way.

Invented values go into visible text fields, key by key, as a visitor would type them. No form is sent, no button is
pressed, no Enter; fields that ask for a secret or a payment are left alone, and so is what already holds something.
The typed text stays until the page is left: scripts that read a form on leaving read it then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from scanner.capture.canaries import Canaries
from scanner.capture.cdp import ProtocolError, Session
from scanner.capture.collectors.frames import WORLD
from scanner.capture.log import VisitLog
from scanner.capture.together import together
from scanner.model.probes import CanaryData, CanaryPlanted
from scanner.site import host_of, site_of

_SOURCE = files(__package__).joinpath("forms.js").read_text(encoding="utf-8")
_MOST_FIELDS = 5
_MOST_FRAMES = 4
_ANSWER_S = 2.0
_LIMIT_S = 3.0
_SHIFT = 8
_OTHER_KEYS = {"@": ("Digit2", 50, True), ".": ("Period", 190, False)}


@dataclass(frozen=True)
class _Field:
    """A field: what it asks for, how a person would name it, and what tells it from others."""

    data: CanaryData
    name: str
    sign: str


@dataclass(frozen=True)
class _Frame:
    """A frame with fields: its world, its address, what was found in it."""

    context: int
    url: str
    fields: tuple[_Field, ...]
    scripts: tuple[str, ...]


class Typist:
    """Types into the fields of one page. Nothing here raises: a page that does not bear it is left as it is."""

    def __init__(self, page: Session, main_frame: str, log: VisitLog, canaries: Canaries) -> None:
        self._page = page
        self._main = main_frame
        self._log = log
        self._canaries = canaries
        self._frames: list[_Frame] = []
        self._entered: tuple[_Frame, int] | None = None

    async def type(self) -> int:
        """Find the fields and type into those that are new; how many there were."""
        try:
            async with asyncio.timeout(_LIMIT_S):
                return await self._type()
        except (ProtocolError, TimeoutError):
            return 0

    async def leave(self) -> None:
        """Move out of the last field, which tells the page that its text has changed."""
        entered, self._entered = self._entered, None
        if entered is None:
            return
        frame, index = entered
        with suppress(ProtocolError, TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                await self._ask(frame, f"forms.leave({index})")

    async def _type(self) -> int:
        self._frames = [frame for frame in await self._find() if frame.fields]
        done = 0
        for frame in self._frames:
            for index, found in enumerate(frame.fields):
                if done >= _MOST_FIELDS or not self._canaries.is_new(found.sign, frame.scripts):
                    continue
                if await self._fill(frame, index, found):
                    self._canaries.typed(found.sign)
                    done += 1
            self._canaries.saw(frame.scripts)
        return done

    async def _find(self) -> list[_Frame]:
        """The page's own document and the frames of its site; what stands in another site's frame is given to it."""
        tree = await self._page.send("Page.getFrameTree", timeout_s=_ANSWER_S)
        site = site_of(host_of(tree["frameTree"]["frame"]["url"]))
        frames = [
            frame
            for frame in _walk(tree["frameTree"])
            if frame["id"] == self._main or frame["url"].startswith("about:") or site_of(host_of(frame["url"])) == site
        ]
        found = await together(*(self._look(frame["id"]) for frame in frames[:_MOST_FRAMES]))
        return [frame for frame in found if frame is not None]

    async def _look(self, frame_id: str) -> _Frame | None:
        try:
            world = await self._page.send(
                "Page.createIsolatedWorld", {"frameId": frame_id, "worldName": WORLD}, timeout_s=_ANSWER_S
            )
            context = int(world["executionContextId"])
            answer = await self._page.send(
                "Runtime.evaluate",
                {"expression": f"({_SOURCE})({_MOST_FIELDS * 2})", "contextId": context, "returnByValue": True},
                timeout_s=_ANSWER_S,
            )
        except ProtocolError:
            return None
        value = answer.get("result", {}).get("value")
        if not isinstance(value, Mapping):
            return None
        fields = tuple(_Field(one["data"], str(one["field"])[:100], one["sign"]) for one in value["fields"])
        return _Frame(context, str(value["url"]), fields, tuple(value["scripts"]))

    async def _ask(self, frame: _Frame, expression: str) -> Any:
        answer = await self._page.post(
            "Runtime.evaluate", {"expression": expression, "contextId": frame.context, "returnByValue": True}
        )
        return answer.get("result", {}).get("value")

    async def _press(self, event: Mapping[str, Any]) -> None:
        await self._page.post("Input.dispatchKeyEvent", event)

    async def _fill(self, frame: _Frame, index: int, found: _Field) -> bool:
        """Type into one field; whether the cursor went there."""
        page_time = await self._ask(frame, f"forms.enter({index})")
        if page_time is None:
            return False
        log, value = self._log, self._canaries.values[found.data]
        self._entered = (frame, index)
        await together(*(self._press(event) for event in keys_of(value)))
        log.emit(
            CanaryPlanted(
                visit=log.visit,
                context=log.context,
                phase=log.phase,
                ms=log.ms_of_page(float(page_time)),
                data=found.data,
                value=value,
                typed=str(await self._ask(frame, f"forms.held({index})") or "")[:200],
                field=found.name,
                frame_url=frame.url,
                top_url=log.top_url,
            )
        )
        return True


def keys_of(text: str) -> Iterator[dict[str, Any]]:
    """The key events that type a text of ASCII letters, digits, `@` and `.` on an American keyboard."""
    for char in text:
        code, number, shift = _key(char)
        key = {"key": char, "code": code, "windowsVirtualKeyCode": number, "modifiers": _SHIFT if shift else 0}
        yield {**key, "type": "keyDown", "text": char, "unmodifiedText": char}
        yield {**key, "type": "keyUp"}


def _key(char: str) -> tuple[str, int, bool]:
    if char.isalpha():
        return f"Key{char.upper()}", ord(char.upper()), char.isupper()
    return _OTHER_KEYS.get(char) or (f"Digit{char}", ord(char), False)


def _walk(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield tree["frame"]
    for child in tree.get("childFrames", ()):
        yield from _walk(child)

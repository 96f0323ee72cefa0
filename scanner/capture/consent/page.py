"""The page as those see it who answer its banner: an address, cookies, and a wire to each of its processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from scanner.capture.cdp import ProtocolError


class Wire(Protocol):
    """A conversation with one process of a page, in the DevTools protocol."""

    async def send(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a command and wait for its answer. Raises ProtocolError where it is refused, or the target is gone."""


class Page(Protocol):
    """One page. It stays the same through reloads and navigations."""

    @property
    def url(self) -> str:
        """The address at which the page is now."""

    @property
    def wire(self) -> Wire:
        """The page's own process."""

    async def frames(self) -> Mapping[str, Wire]:
        """The frames that have a process of their own now, by their id, those higher up first."""

    async def cookies(self) -> dict[str, str]:
        """The visitor's cookies of all sites. Raises ProtocolError where the browser does not say."""


async def evaluate(wire: Wire, expression: str, *, promised: bool = False) -> Any:
    """The value of an expression in the page's own world; with `promised`, what the promise that it is comes to.

    A promise comes to nothing while the page's time stands still.

    Raises:
        ProtocolError: it threw, or the page went away.
    """
    terms = {"expression": expression, "returnByValue": True, "awaitPromise": promised}
    return _told(await wire.send("Runtime.evaluate", terms)).get("value")


async def keep(wire: Wire, expression: str) -> str:
    """Evaluate an expression to an object of the page's own world, and return the name under which it is kept.

    Raises:
        ProtocolError: it threw, is no object, or the page went away.
    """
    result = _told(await wire.send("Runtime.evaluate", {"expression": expression}))
    if "objectId" not in result:
        raise ProtocolError("an expression gave no object")
    return str(result["objectId"])


async def look_at(wire: Wire, kept: str, function: str) -> Any:
    """What a function of a kept object (its only argument) returns, as a value.

    Raises:
        ProtocolError: it threw, or the page went away.
    """
    terms = {"objectId": kept, "functionDeclaration": function, "arguments": [{"objectId": kept}]}
    return _told(await wire.send("Runtime.callFunctionOn", {**terms, "returnByValue": True})).get("value")


def _told(answer: Mapping[str, Any]) -> dict[str, Any]:
    if "exceptionDetails" in answer:
        raise ProtocolError(f"a script threw: {answer['exceptionDetails'].get('text', '')}")
    return dict(answer["result"])

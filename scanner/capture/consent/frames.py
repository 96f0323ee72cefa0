"""The documents of a page as the DevTools protocol gives them: all frames, isolated worlds, closed shadow roots.

Nothing here runs in the page's own script world unless it says so, and nothing leaves a global behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.page import Page, Wire

WORLD = "cookie-scanner"
"""Name of the isolated world in which documents are read."""

_MOST_ROOTS = 40


@dataclass(frozen=True)
class Document:
    """One document (frame) of the page. `offset` is where its process's viewport stands in the page's viewport.

    Protocol coordinates (`DOM.getContentQuads`) count from the local root, the topmost frame of the same process, so
    one offset serves a frame and all frames of the same process inside it.
    """

    wire: Wire
    frame_id: str
    context: int
    offset: tuple[float, float]
    main: bool
    url: str = ""
    owner: tuple[Document, str] | None = None
    """The document that holds this frame, and the remote object of its frame element; null for the main frame."""


class Documents:
    """Finds the documents of one page. One instance serves one page for its whole life."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def main(self, world: str = WORLD) -> Document | None:
        """The main frame's document, or null while it cannot be reached."""
        wire = self.page.wire
        tree = await send(wire, "Page.getFrameTree")
        if tree is None:
            return None
        frame = tree["frameTree"]["frame"]
        return await self._open(wire, frame["id"], (0.0, 0.0), main=True, world=world, url=frame.get("url", ""))

    async def child(self, parent: Document, owner: str, world: str = WORLD) -> Document | None:
        """The document inside the frame element whose remote object is `owner`, or null."""
        node = await send(parent.wire, "DOM.describeNode", objectId=owner)
        frame_id = (node or {}).get("node", {}).get("frameId")
        if not frame_id:
            return None
        same = await self._open(parent.wire, frame_id, parent.offset, main=False, world=world, owner=(parent, owner))
        if same is not None:
            return same
        wire = (await self.page.frames()).get(frame_id)
        if wire is None:
            return None
        box = await send(parent.wire, "DOM.getBoxModel", objectId=owner)
        content = (box or {}).get("model", {}).get("content") or [0.0, 0.0]
        offset = (parent.offset[0] + content[0], parent.offset[1] + content[1])
        return await self._open(wire, frame_id, offset, main=False, world=world, owner=(parent, owner))

    async def all(self, world: str = WORLD) -> list[Document]:
        """Every document of the page, visible or not; offsets are not worked out and stand at zero."""
        found: list[Document] = []
        known: set[str] = set()
        for number, wire in enumerate([self.page.wire, *(await self.page.frames()).values()]):
            tree = await send(wire, "Page.getFrameTree")
            for depth, frame_id, url in _flat(tree["frameTree"]) if tree else ():
                if frame_id in known:
                    continue
                known.add(frame_id)
                main = number == 0 and depth == 0
                opened = await self._open(wire, frame_id, (0.0, 0.0), main=main, world=world, url=url)
                if opened is not None:
                    found.append(opened)
        return found

    async def _open(
        self,
        wire: Wire,
        frame_id: str,
        offset: tuple[float, float],
        *,
        main: bool,
        world: str,
        url: str = "",
        owner: tuple[Document, str] | None = None,
    ) -> Document | None:
        made = await send(wire, "Page.createIsolatedWorld", frameId=frame_id, worldName=world)
        if made is None:
            return None
        return Document(wire, frame_id, made["executionContextId"], offset, main, url, owner)


def _flat(tree: dict[str, Any], depth: int = 0) -> Iterable[tuple[int, str, str]]:
    """Depth, id and address of every frame of a frame tree."""
    yield depth, tree["frame"]["id"], tree["frame"].get("url", "")
    for child in tree.get("childFrames", ()):
        yield from _flat(child, depth + 1)


async def send(wire: Wire, command: str, **params: Any) -> dict[str, Any] | None:
    """One protocol command; null where the browser refuses it, as it does for things that went away meanwhile."""
    try:
        return await wire.send(command, params)
    except ProtocolError:
        return None


async def call(document: Document, function: str, *arguments: Any, handle: bool = False, on: str | None = None) -> Any:
    """Call a JavaScript function in the document's isolated world, or on the remote object `on`.

    Arguments are plain values, or remote objects given as `Remote`. Returns the value, or with `handle` the remote
    object's id; null where the call failed or threw.
    """
    target: dict[str, Any] = {"objectId": on} if on else {"executionContextId": document.context}
    answer = await send(
        document.wire,
        "Runtime.callFunctionOn",
        functionDeclaration=function,
        arguments=[{"objectId": a.id} if isinstance(a, Remote) else {"value": a} for a in arguments],
        returnByValue=not handle,
        awaitPromise=False,
        **target,
    )
    if answer is None or "exceptionDetails" in answer:
        return None
    result = answer["result"]
    return result.get("objectId") if handle else result.get("value")


@dataclass(frozen=True)
class Remote:
    """A remote object as an argument of `call`."""

    id: str


async def closed_roots(document: Document) -> list[Remote]:
    """The closed shadow roots of a document, as objects of its isolated world.

    A snapshot flattens shadow trees: it tells which nodes lie in a closed one, not where it begins. One node for each
    likely host leads to its root.
    """
    shot = await send(document.wire, "DOMSnapshot.captureSnapshot", computedStyles=[])
    if shot is None:
        return []
    found: list[Remote] = []
    for node in _inside_closed(shot, document.frame_id):
        resolved = await send(document.wire, "DOM.resolveNode", backendNodeId=node, executionContextId=document.context)
        inner = (resolved or {}).get("object", {}).get("objectId")
        root = (
            await call(document, "function () { return this.getRootNode(); }", on=inner, handle=True) if inner else None
        )
        if root:
            found.append(Remote(root))
    return found


def _inside_closed(shot: dict[str, Any], frame_id: str) -> list[int]:
    """One node (by its backend id) of each closed shadow tree of a frame."""
    strings: list[str] = shot["strings"]
    found: list[int] = []
    for part in shot["documents"]:
        if _string(strings, part.get("frameId")) != frame_id:
            continue
        nodes = part["nodes"]
        kinds = nodes.get("shadowRootType", {})
        pairs = zip(kinds.get("index", ()), kinds.get("value", ()), strict=False)
        closed = {index for index, value in pairs if _string(strings, value) == "closed"}
        hosts: set[int] = set()
        for index in sorted(closed):
            host = nodes["parentIndex"][index]
            name = _string(strings, nodes["nodeName"][host])
            if host not in hosts and (host not in closed or "-" in name):
                hosts.add(host)
                found.append(nodes["backendNodeId"][index])
    return found[:_MOST_ROOTS]


def _string(strings: list[str], index: int | None) -> str:
    return strings[index] if index is not None and 0 <= index < len(strings) else ""


async def in_main_world(document: Document, expression: str) -> Any:
    """The value of an expression in the page's own world of this document; null where it threw.

    For reading a platform's programming interface, which lives there and nowhere else.
    """
    own = await call(document, "() => document", handle=True)
    node = await send(document.wire, "DOM.describeNode", objectId=own) if own else None
    if node is None:
        return None
    outer = await send(document.wire, "DOM.resolveNode", backendNodeId=node["node"]["backendNodeId"])
    if outer is None or "objectId" not in outer.get("object", {}):
        return None
    return await call(document, f"function () {{ return ({expression}\n); }}", on=outer["object"]["objectId"])

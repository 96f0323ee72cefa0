"""Logging in: once, by a visitor of its own whom nobody watches; what that visitor then has, every state begins with.

Nothing of the way in becomes evidence. What was brought is written down by name, so that nobody takes it for the
site's own doing; its values, and those that were filled in, are handed to whoever keeps them out of everything else.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Error, Page, Response, StorageState
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from scanner.capture.cdp import ProtocolError
from scanner.capture.discretion import Discretion
from scanner.capture.driven import DrivenVisitor
from scanner.config.login import Login, LoginStep
from scanner.config.secret import revealed
from scanner.errors import UsageError
from scanner.model.probes import BroughtCookie, BroughtItem, LoginBrought
from scanner.site import host_of

SHORTEST_SECRET = 4
"""Characters below which a value cannot be told from the rest of a page, and so not be kept out of the evidence."""

_QUIET_S = 0.5
_QUIET_CEILING_S = 10.0
_FAILED_STATUS = 400


class LoginError(Exception):
    """The login did not come about; the text says where, and holds no secret."""


@dataclass(frozen=True)
class Way:
    """Where a login leads from. `start` is the site's address, `limit_s` the seconds that one step may take."""

    start: str
    limit_s: float
    discretion: Discretion


async def enter(
    login: Login, way: Way, open_visitor: Callable[[], AbstractAsyncContextManager[DrivenVisitor]]
) -> tuple[StorageState, LoginBrought]:
    """What every visitor is to begin with, and the record of it. Raises LoginError."""
    if login.storage_state is not None:
        state = recorded(login, way)
        return state, brought(state, "storage-state")
    try:
        async with open_visitor() as visitor:
            state = await carried_out(login, way, visitor)
    except ProtocolError as error:
        raise LoginError(f"the browser failed while logging in: {error}") from error
    return state, brought(state, "steps")


def recorded(login: Login, way: Way) -> StorageState:
    """The storage state that a file holds, without what is left behind; its values are concealed.

    Raises LoginError for a file that cannot be read or is none.
    """
    path = Path(login.storage_state or "")
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LoginError(f"the recorded login {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise LoginError(f"the recorded login {path} is not JSON") from error
    problem = _problem_of(state)
    if problem is not None:
        raise LoginError(f"the recorded login {path} is no storage state: {problem}")
    lasting = [cookie.get("expires", -1) for cookie in state["cookies"]]
    if lasting and all(0 < expires < time.time() for expires in lasting):
        raise LoginError(f"the recorded login {path} has expired: record it again")
    return _taken(state, way)


async def carried_out(login: Login, way: Way, visitor: DrivenVisitor) -> StorageState:
    """Log in by the steps of a login, and take what the visitor then has; it is concealed.

    Raises LoginError, which says at which step it failed.
    """
    values = _values(login, way)
    try:
        page = (await visitor.first_page()).page
    except ProtocolError as error:
        raise LoginError(f"the browser opened no page to log in: {error}") from error
    quiet = _Quiet(page)
    for number, step in enumerate(login.steps, start=1):
        where = f"login step {number} of {len(login.steps)} ({step})"
        try:
            await asyncio.wait_for(_perform(page, step, values[number - 1], way), way.limit_s + 1)
        except (PlaywrightTimeoutError, TimeoutError):
            raise LoginError(f"{where}: {_late(step)} in {way.limit_s:g} s") from None
        except Error as error:
            raise LoginError(f"{where}: {_reason(error, values)}") from None
    await quiet.wait()
    if login.steps[-1].action not in ("wait", "wait_url") and await _still_asks(page):
        raise LoginError(f"after login step {len(login.steps)} the page still asks for a password")
    try:
        return _taken(cast("dict[str, Any]", await visitor.stored()), way)
    except ProtocolError as error:
        raise LoginError(f"what the login brought could not be read: {error}") from error


def brought(state: StorageState, how: Literal["storage-state", "steps"]) -> LoginBrought:
    """What a login brought, by name alone."""
    values = cast("dict[str, Any]", state)
    origins = values["origins"]
    return LoginBrought(
        how=how,
        cookies=tuple(
            BroughtCookie(
                name=cookie["name"],
                domain=cookie["domain"],
                path=cookie["path"],
                partition_key=cookie.get("partitionKey"),
            )
            for cookie in values["cookies"]
        ),
        items=tuple(
            BroughtItem(origin=origin["origin"], key=item["name"])
            for origin in origins
            for item in origin["localStorage"]
        ),
        databases=tuple(origin["origin"] for origin in origins if origin.get("indexedDB")),
    )


# Steps.


def _values(login: Login, way: Way) -> list[str]:
    """What each step fills in, before the first is carried out; secrets among them are concealed."""
    values = []
    for number, step in enumerate(login.steps, start=1):
        try:
            value = revealed(step.value) if step.value is not None else ""
        except UsageError as error:
            raise LoginError(f"login step {number} of {len(login.steps)} ({step}): {error}") from error
        if step.value is not None and not isinstance(step.value, str):
            if len(value) < SHORTEST_SECRET:
                why = f"a secret of fewer than {SHORTEST_SECRET} characters cannot be kept out of the evidence"
                raise LoginError(f"login step {number} of {len(login.steps)} ({step}): {why}")
            way.discretion.conceal([value], certain=True)
        values.append(value)
    return values


async def _perform(page: Page, step: LoginStep, value: str, way: Way) -> None:
    limit = way.limit_s * 1000
    if step.goto is not None:
        answer = await page.goto(urljoin(way.start, step.goto), timeout=limit)
        _judge(answer)
    elif step.fill is not None:
        field = page.locator(step.fill).first
        if await field.get_attribute("type", timeout=limit) == "password":
            way.discretion.conceal([value], certain=True)  # it may stand in scan.toml as it is, and nowhere else
        await field.fill(value, timeout=limit)
    elif step.click is not None:
        await page.locator(step.click).first.click(timeout=limit)
    elif step.wait is not None:
        await page.locator(step.wait).first.wait_for(state="visible", timeout=limit)
    elif step.wait_url is not None:
        wanted = step.wait_url if step.wait_url.startswith("*") else urljoin(way.start, step.wait_url)
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.split("*")) + "$")
        await page.wait_for_url(pattern, timeout=limit, wait_until="domcontentloaded")


def _judge(answer: Response | None) -> None:
    if answer is not None and answer.status >= _FAILED_STATUS:
        raise Error(f"the server answered with status {answer.status}")


def _late(step: LoginStep) -> str:
    return {
        "goto": "the page did not load",
        "wait_url": "the browser did not arrive at such an address",
        "wait": "nothing that the selector fits became visible",
    }.get(step.action, "nothing that the selector fits was there and could be used")


def _reason(error: Error, values: Collection[str]) -> str:
    """The first line of the browser's words, which may quote what was filled in."""
    text = next(iter(error.message.splitlines()), "the browser refused").partition("Call log:")[0].strip()
    for value in values:
        text = text.replace(value, "[secret]") if value else text
    return text[:300]


async def _still_asks(page: Page) -> bool:
    try:
        return await page.locator("input[type=password]").locator("visible=true").count() > 0
    except Error:
        return False


class _Quiet:
    """Waits until a page has asked for nothing new for a while, and everything has been answered."""

    def __init__(self, page: Page) -> None:
        self._open = 0
        self._changed = asyncio.Event()
        page.on("request", lambda _: self._count(1))
        page.on("requestfinished", lambda _: self._count(-1))
        page.on("requestfailed", lambda _: self._count(-1))

    def _count(self, change: int) -> None:
        self._open = max(0, self._open + change)
        self._changed.set()

    async def wait(self) -> None:
        """Return after half a second without a change and with nothing under way, and after ten seconds anyhow."""
        end = time.monotonic() + _QUIET_CEILING_S
        while (left := end - time.monotonic()) > 0:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, _QUIET_S))
            except TimeoutError:
                if self._open == 0:
                    return


# Storage states.


def _problem_of(state: Any) -> str | None:
    """Why something is not what Playwright records; null where it is."""
    if not isinstance(state, Mapping):
        return "it is not an object"
    cookies, origins = state.get("cookies"), state.get("origins", [])
    if not isinstance(cookies, list) or not isinstance(origins, list):
        return "`cookies` and `origins` are lists"
    for number, cookie in enumerate(cookies):
        if not isinstance(cookie, Mapping) or not all(isinstance(cookie.get(key), str) for key in _COOKIE_KEYS):
            return f"cookie {number + 1} needs {', '.join(_COOKIE_KEYS)}"
    for number, origin in enumerate(origins):
        items = origin.get("localStorage", []) if isinstance(origin, Mapping) else None
        if not isinstance(items, list) or not _is_web(origin.get("origin")):
            return f"origin {number + 1} needs `origin` and `localStorage`"
        if not all(isinstance(one, Mapping) and _texts(one, ("name", "value")) for one in items):
            return f"the localStorage of origin {number + 1} is a list of names and values"
    return None


_COOKIE_KEYS = ("name", "value", "domain", "path")


def _texts(values: Mapping[str, Any], keys: Collection[str]) -> bool:
    return all(isinstance(values.get(key), str) for key in keys)


def _is_web(origin: Any) -> bool:
    return isinstance(origin, str) and urlsplit(origin).scheme in ("http", "https")


def _taken(state: Mapping[str, Any], way: Way) -> StorageState:
    """The state without what is left behind; every value in it is concealed."""
    leave_behind = way.discretion.leave_behind
    cookies = [
        cookie
        for cookie in state["cookies"]
        if not leave_behind("cookie", cookie["name"], cookie["domain"].lstrip("."))
    ]
    origins = []
    for origin in state.get("origins", []):
        host = host_of(origin["origin"])
        items = [one for one in origin.get("localStorage", []) if not leave_behind("local", one["name"], host)]
        origins.append({**origin, "localStorage": items})
    way.discretion.conceal([*(cookie["value"] for cookie in cookies), *_texts_in(origins)])
    return cast("StorageState", {"cookies": cookies, "origins": origins})


def _texts_in(origins: list[dict[str, Any]]) -> list[str]:
    """The values of localStorage, and every text in recorded databases."""
    found = [one["value"] for origin in origins for one in origin["localStorage"]]
    rest: list[Any] = [origin.get("indexedDB") for origin in origins]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, list):
            rest += one
        elif isinstance(one, Mapping):
            rest += [value for key, value in one.items() if key in ("stores", "records", "value", "valueEncoded")]
            rest += [] if {"stores", "records"} & set(one) else list(one.values())
    return found

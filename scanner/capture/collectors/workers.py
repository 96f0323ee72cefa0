"""Workers that serve several tabs of one browser: each tab hears all they do, and it belongs to one tab's evidence.

What is known of them is kept for as long as the tabs and workers live, and not a moment longer: a browser scans site
after site, and a tab that is remembered takes everything with it that it ever saw.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from scanner.capture.cdp import Params, Session

if TYPE_CHECKING:
    from scanner.capture.collectors.requests import Requests

SHARED_KINDS = frozenset({"service_worker", "shared_worker"})
"""Workers that may serve several tabs."""

_MOST_HEARD = 2_000


class SharedWorkers:
    """All such workers of one browser, and the collectors of the tabs that may keep what they do."""

    def __init__(self) -> None:
        self._keepers: dict[str, Requests] = {}
        self._listeners: dict[str, Callable[[Params], None]] = {}
        self._served: dict[str, list[Requests]] = {}
        self._hooked: set[str] = set()
        self._heard: OrderedDict[tuple[str, str], str] = OrderedDict()

    def enter(self, keeper: Requests) -> None:
        """A tab opened; it is forgotten when its page is gone."""
        self._keepers[keeper.id] = keeper
        keeper.tab.page.on("detached", lambda _, __: self._leave(keeper))

    def listen(self, keeper: Requests, take: Callable[[Params], None]) -> None:
        """Let the tab hear what the hooks of the workers report that it keeps."""
        self._listeners[keeper.id] = take

    def report(self, params: Params, session: Session, heard_by: Requests) -> None:
        """Hand on what a worker's hook reports."""
        take = self._listeners.get(self.keeper(session, heard_by).id)
        if take is not None:
            take(params)

    def _leave(self, keeper: Requests) -> None:
        self._keepers.pop(keeper.id, None)
        self._listeners.pop(keeper.id, None)
        for target in [target for target, served in self._served.items() if keeper in served]:
            self._stop_serving(target, keeper)

    def starter(self, session: Session, found_by: Requests) -> Requests:
        """The tab that started a shared worker, where it is known (the browser does not say), else who found it."""
        url = session.target.get("url", "")
        for one in self._keepers.values():
            if one.tab.context_id == found_by.tab.context_id and one.visited and one.asked_for(url):
                return one
        return found_by

    def serve(self, session: Session, keeper: Requests) -> None:
        """A worker speaks to this tab, for as long as the session lives."""
        target = _target(session)
        self._served.setdefault(target, []).append(keeper)
        session.on("detached", lambda _, __: self._stop_serving(target, keeper))

    def _stop_serving(self, target: str, keeper: Requests) -> None:
        left = [one for one in self._served.get(target, ()) if one is not keeper]
        if left:
            self._served[target] = left
        else:
            self._served.pop(target, None)

    def keeper(self, session: Session, heard_by: Requests) -> Requests:
        """Whose evidence a worker belongs to: the tab that started it, as far as is known, and else the first that has
        a visit running; where there is none, whoever heard it.
        """
        waiting = [one for one in self._served.get(_target(session), ()) if one.visited and one.id in self._keepers]
        url = session.target.get("url", "")
        return next((one for one in waiting if one.asked_for(url)), (waiting or [heard_by])[0])

    def keeps(self, keeper: Requests, session: Session, request_id: str) -> bool:
        """Whether a worker's request is this tab's: decided once, when the first of several tabs hears of it."""
        key = (_target(session), request_id)
        if key not in self._heard:
            self._heard[key] = self.keeper(session, keeper).id
            if len(self._heard) > _MOST_HEARD:
                self._heard.popitem(last=False)
        return self._heard[key] == keeper.id

    def is_first(self, session: Session) -> bool:
        """Whether no other tab's hook watches this worker yet, which is to be heard once."""
        target = _target(session)
        if target in self._hooked:
            return False
        self._hooked.add(target)
        session.on("detached", lambda _, __: self._hooked.discard(target))
        return True


def _target(session: Session) -> str:
    return str(session.target.get("targetId", ""))

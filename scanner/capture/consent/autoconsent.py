"""The rules of DuckDuckGo's autoconsent behind our interface: to name the platform, and as the last resort.

The script runs in an isolated world of every frame, so the page sees nothing of it. It talks through a queue that is
emptied between grants of page time: no binding, no event, nothing that would run while the page stands still. What it
asks of the page's own world is the platform's programming interface, and is recorded as that. Its claim of success is
a hint, never proof.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from duckduckgo_autoconsent import bundle, rules_json

from scanner.capture.consent.frames import Document, Documents, call, in_main_world
from scanner.capture.consent.method import Answer, MethodName, Pace, Sighting
from scanner.capture.consent.page import Page
from scanner.capture.consent.waiting import until
from scanner.model.base import StateName
from scanner.model.consent import Step

IDENTIFY_MS = 700.0
"""Page time in which a rule must recognise its platform."""

ANSWER_MS = 15_000.0
"""Page time in which a rule must have done its work."""

CONFIG: dict[str, Any] = {
    "enabled": True,
    "autoAction": None,
    "disabledCmps": [],
    "enablePrehide": False,
    "enableCosmeticRules": False,
    "enableGeneratedRules": True,
    "detectRetries": 2,
    "isMainWorld": False,
    "enableHeuristicDetection": False,
    "heuristicMode": "off",
    "visualTest": False,
    "logs": dict.fromkeys(("lifecycle", "rulesteps", "detectionsteps", "evals", "errors", "messages", "waits"), False),
}

_START = """
if (!window.autoconsentReceiveMessage) {
  window.cookieScannerQueue = [];
  window.autoconsentSendMessage = async (m) => { window.cookieScannerQueue.push(JSON.stringify(m)); };
"""
_DRAIN = "() => window.cookieScannerQueue ? window.cookieScannerQueue.splice(0) : []"
_RECEIVE = "(m) => { window.autoconsentReceiveMessage(JSON.parse(m)); }"


@dataclass
class _Round:
    """One run of the rules over all frames of a page as it stands."""

    documents: list[Document] = field(default_factory=list)
    detected: list[str] = field(default_factory=list)
    popups: list[tuple[str, Document]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    evaluated: list[str] = field(default_factory=list)
    clicks: int = 0
    idle: set[str] = field(default_factory=set)
    """Frames that have nothing left to detect."""


class AutoconsentMethod:
    """Runs the rules on one page. Each round of identification is a fresh run in a world of its own."""

    name: MethodName = "rule"

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._documents: Documents | None = None
        self._round = _Round()
        self._number = 0
        self.platform: str | None = None
        """Name of the platform by the rules, once they recognised it, whether or not a banner stands."""

    async def prepare(self, page: Page) -> None:
        """Nothing is put into the page before it is asked about."""
        self._documents = Documents(page)

    async def look(self, page: Page) -> Sighting | None:
        """What the last round of `identify` found; a round of its own is made where there was none."""
        if not self._round.popups:
            return await self.identify(page)
        return self._sighting()

    async def identify(self, page: Page) -> Sighting | None:
        """Run the rules over every frame as it stands now. Lets the page live for as long as they need."""
        if self._documents is None or self._documents.page is not page:
            self._documents = Documents(page)
        self._number += 1
        self._round = _Round(await self._documents.all(f"cookie-scanner-rules-{self._number}"))
        for document in self._round.documents:
            await call(document, f"() => {{ {_START}\n{bundle()}\n}} }}")

        async def settled() -> bool:
            await self._pump()
            return bool(self._round.popups) or len(self._round.idle) == len(self._round.documents)

        await until(self._pace, settled, IDENTIFY_MS)
        self.platform = next((n for n in map(platform_name, self._round.detected) if n), self.platform)
        return self._sighting() if self._round.popups else None

    def _sighting(self) -> Sighting:
        rule, document = self._round.popups[0]
        return Sighting(
            method="rule",
            cmp=platform_name(rule),
            frame_url=document.url if not document.main else None,
            notes=(f"recognised by the rule {rule}",),
            handle=rule,
        )

    async def answer(self, page: Page, sighting: Sighting, wanted: StateName, pace: Pace) -> Answer:  # noqa: ARG002
        """Let the rules act in every frame in which they saw a banner."""
        if wanted not in ("accept", "reject"):
            return Answer(made=None, error=f"the rules know no {wanted}")
        if not self._round.popups and await self.identify(page) is None:
            return Answer(made=None, error="no rule recognises this banner")
        await pace.mark_choice()
        current = self._round
        current.evaluated.clear()
        current.results.clear()
        action = "optIn" if wanted == "accept" else "optOut"
        for _, document in current.popups:
            await call(document, _RECEIVE, json.dumps({"type": action}))

        async def answered() -> bool:
            await self._pump()
            done = {r.get("cmp") for r in current.results}
            return done >= {rule for rule, _ in current.popups}

        await until(pace, answered, ANSWER_MS)
        return self._answer(wanted, [r for r in current.results if r.get("result")])

    def _answer(self, wanted: StateName, claims: list[dict[str, Any]]) -> Answer:
        rules = ", ".join(rule for rule, _ in self._round.popups)
        asked = tuple(Step(did="asked the page's own world", target=code[:120]) for code in self._round.evaluated)
        steps = (*asked, Step(did="ran rules", target=rules, result="claims success" if claims else "no success"))
        if not claims:
            return Answer(made=None, steps=steps, error=f"the rule {rules} did not succeed")
        made = "accept" if wanted == "accept" else "reject"
        via_api = bool(self._round.evaluated) and self._round.clicks == 0
        return Answer(
            made=made,  # type: ignore[arg-type]
            clicks=self._round.clicks or None,
            via_api=via_api,
            how=f"rule {rules}" + (" through the platform's programming interface" if via_api else ""),
            steps=steps,
        )

    async def _pump(self) -> None:
        """Take every waiting message and answer it."""
        for document in self._round.documents:
            for text in await call(document, _DRAIN) or ():
                await self._take(document, json.loads(text))

    async def _take(self, document: Document, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "init":
            rules = {"autoconsent": rules_for(message.get("url", ""), main=document.main)}
            await self._tell(document, {"type": "initResp", "config": CONFIG, "rules": rules})
        elif kind == "eval":
            self._round.evaluated.append(message["code"])
            result = await in_main_world(document, message["code"])
            await self._tell(document, {"type": "evalResp", "id": message["id"], "result": bool(result)})
        elif kind == "cmpDetected":
            self._round.detected.append(message["cmp"])
        elif kind == "popupFound":
            self._round.popups.append((message["cmp"], document))
        elif kind in ("optInResult", "optOutResult"):
            self._round.results.append(message)
        elif kind == "report":
            state = message.get("state", {})
            self._round.clicks = max(self._round.clicks, state.get("clicks") or 0)
            if state.get("lifecycle") == "nothingDetected":
                self._round.idle.add(document.frame_id)

    async def _tell(self, document: Document, message: dict[str, Any]) -> None:
        await call(document, _RECEIVE, json.dumps(message))


@lru_cache(maxsize=1)
def _all_rules() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(rules_json()))


@lru_cache(maxsize=64)
def rules_for(url: str, *, main: bool) -> tuple[dict[str, Any], ...]:
    """The rules that may run in a frame of this address: the others are dropped before they are sent."""
    fitting = []
    for rule in _all_rules():
        context = rule.get("runContext") or {}
        if (main and context.get("main") is False) or (not main and not context.get("frame")):
            continue
        pattern = context.get("urlPattern")
        if pattern and not _fits(pattern, url):
            continue
        fitting.append(rule)
    return tuple(fitting)


def _fits(pattern: str, url: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(url) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None  # JavaScript knows patterns that Python does not: let the script decide


@lru_cache(maxsize=1)
def _site_rules() -> frozenset[str]:
    return frozenset(r["name"] for r in _all_rules() if (r.get("runContext") or {}).get("urlPattern"))


def platform_name(rule: str) -> str | None:
    """The platform that a rule stands for; null for rules made for one site."""
    return None if rule.startswith("auto_") or rule in _site_rules() else rule

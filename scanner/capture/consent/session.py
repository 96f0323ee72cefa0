"""Answering the banner of one page in one consent state, from the first look to the proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.autoconsent import AutoconsentMethod
from scanner.capture.consent.by_recipe import RecipeMethod
from scanner.capture.consent.explain import Trace
from scanner.capture.consent.general.method import GeneralMethod
from scanner.capture.consent.method import Answer, Method, MethodName, Pace, Sighting
from scanner.capture.consent.page import Page, evaluate
from scanner.capture.consent.proof import Observed, Proof, prove
from scanner.capture.consent.signals.reading import Signals, read_signals
from scanner.capture.consent.waiting import drawn, until
from scanner.config.recipe import Recipe
from scanner.model.base import Phase, StateName
from scanner.model.consent import BannerSeen, BannerStance, ChoiceMade, SignalsRead
from scanner.model.evidence import Record

NO_BANNER = "no banner was found"

GONE_MS = 3000.0

Moment = Literal["loaded", "settings", "answered", "reloaded"]


@dataclass(frozen=True)
class Patience:
    """Page time, in milliseconds, in which a banner may still appear: at a look, and before a choice is given up."""

    look_ms: float = 600.0
    late_ms: float = 3000.0


UNSETTLED = Patience()
"""For a page that has only just been loaded."""

SETTLED = Patience(look_ms=150.0, late_ms=300.0)
"""For a page that has had its life before anybody looks: what was to appear stands there."""


@dataclass
class _Marked:
    """A pace that marks the choice once, however many ways were tried, and lets the page draw what it lived."""

    inner: Pace
    page: Page
    marked: bool = False
    marked_ms: float | None = None

    async def live(self, ms: float) -> None:
        await self.inner.live(ms)
        await drawn(self.page)

    async def mark_choice(self) -> float | None:
        if not self.marked:
            self.marked = True
            self.marked_ms = await self.inner.mark_choice()
        return self.marked_ms

    async def reload(self) -> None:
        await self.inner.reload()

    async def shoot(self, label: Literal["banner", "settings", "page"]) -> str | None:
        return await self.inner.shoot(label)


class ConsentSession:
    """One page, one consent state. Evidence goes to `emit` in the order in which it was seen.

    Ways to answer, in order: the recipe for this site, our general method, the rules of autoconsent. The first that
    sees a banner answers; the rules also name the platform and are the way of last resort.

    A platform is the same for every visitor: where several sessions look at one site, one of them names it
    (`name_platform`). `on_made` is called once a choice was made and what it did was seen, before it is proven by a
    reload: from then on the visitor may look around. `trace` listens to all that is seen and pressed.
    """

    def __init__(
        self,
        page: Page,
        *,
        context_state: StateName,
        recipe: Recipe | None,
        emit: Callable[[Record], None],
        visit_id: str,
        pace: Pace,
        ways: tuple[MethodName, ...] = ("recipe", "heuristic", "rule"),
        patience: Patience = UNSETTLED,
        name_platform: bool = True,
        on_made: Callable[[], None] = lambda: None,
        trace: Trace | None = None,
    ) -> None:
        self._page = page
        self._state = context_state
        self._emit = emit
        self._visit = visit_id
        self._pace = _Marked(pace, page)
        self._trace = trace
        self._general = GeneralMethod(trace)
        self._recipe = RecipeMethod(recipe) if recipe is not None and "recipe" in ways else None
        self._rules = AutoconsentMethod(self._pace) if "rule" in ways else None
        order = (self._recipe, self._general if "heuristic" in ways else None, self._rules)
        self._methods: tuple[Method, ...] = tuple(method for method in order if method is not None)
        self._cmp: str | None = None
        self._patience = patience
        self._name_platform = name_platform
        self._on_made = on_made
        self._standing: Sighting | None = None

    async def prepare(self) -> None:
        """To be called before the page's first navigation."""
        for method in self._methods:
            await method.prepare(self._page)

    async def observe(self) -> Sighting | None:
        """The banner that stands on the settled page, with its picture, and all consent signals, as evidence."""
        sighting = await self._find(self._patience.look_ms, ask_rules=self._name_platform)
        if sighting is None and not self._name_platform:
            sighting = await self._platform()
        await self._seen(sighting, "loaded", shoot=True)
        await self._signals("loaded")
        self._standing = sighting
        return sighting

    async def choose(self, wanted: StateName) -> ChoiceMade:
        """Make a choice and prove it. Withdrawing accepts first where the banner still waits for an answer."""
        if wanted == "withdraw":
            return await self._withdraw()
        return await self._choose(wanted)

    async def _choose(self, wanted: StateName) -> ChoiceMade:
        sighting, self._standing = self._standing, None
        if sighting is None or sighting.method == "rule":
            sighting = await self._late() or sighting
        if sighting is None:
            return self._finish(wanted, Answer(made=None, error=NO_BANNER), None, Proof())
        before = await self._read()
        answer, method = await self._answer(sighting, wanted)
        if answer.made is None:
            if answer.buttons:  # a second layer that offers nothing is an observation too
                self._emit(self._banner(_second(answer), "settings", None))
            return self._finish(wanted, answer, method, Proof())
        return await self._prove(wanted, answer, method, before)

    async def _late(self) -> Sighting | None:
        return (
            await self._find(self._patience.late_ms, ask_rules=False)
            or await self._after_scrolling()
            or await self._platform()
        )

    async def _answer(self, sighting: Sighting, wanted: StateName) -> tuple[Answer, MethodName]:
        """Ask one way after the other until one presses something; a plain "not offered" ends the asking."""
        first: tuple[Answer, MethodName] | None = None
        started = False
        for method in self._methods:
            started = started or method.name == sighting.method
            if not started:
                continue
            current = sighting if method.name == sighting.method else await self._look(method)
            if current is None:
                continue
            answer = await self._try(method, current, wanted)
            first = first or (answer, method.name)
            if answer.made is not None or answer.final:
                return answer, method.name
        return first if first is not None else (Answer(made=None, error=NO_BANNER), sighting.method)

    async def _try(self, method: Method, sighting: Sighting, wanted: StateName) -> Answer:
        try:
            return await method.answer(self._page, sighting, wanted, self._pace)
        except ProtocolError as error:
            return Answer(made=None, error=f"the page went away while it was answered: {_line(error)}")

    async def _look(self, method: Method) -> Sighting | None:
        try:
            return await method.look(self._page)
        except ProtocolError:
            return None  # the page is just going somewhere else: nothing stands there

    async def _find(self, limit: float, *, ask_rules: bool = True) -> Sighting | None:
        """The banner, waited for in the page's own time; the rules are asked for the platform's name besides."""
        found: list[Sighting] = []

        async def stands() -> bool:
            for method in self._methods:
                if method is self._rules:
                    continue
                sighting = await self._look(method)
                if sighting is not None:
                    found.append(sighting)
                    return True
            return False

        await until(self._pace, stands, limit)
        platform = await self._platform() if ask_rules else None
        if found:
            return replace(found[0], cmp=found[0].cmp or self._cmp)
        return platform

    async def _platform(self) -> Sighting | None:
        """What the rules see; the name of the platform is kept even where they see no banner."""
        if self._rules is None:
            return None
        try:
            sighting = await self._rules.identify(self._page)
        except ProtocolError:
            return None
        self._cmp = self._rules.platform or self._cmp
        return sighting

    async def _after_scrolling(self) -> Sighting | None:
        """Some banners wait for a visitor to scroll. Scrolls a screen down, looks, and goes back up."""
        try:
            await evaluate(self._page.wire, "void window.scrollBy(0, innerHeight)")
            sighting = await self._find(self._patience.look_ms, ask_rules=self._name_platform)
            await evaluate(self._page.wire, "void window.scrollTo(0, 0)")
        except ProtocolError:
            return None
        if sighting is not None:
            await self._seen(sighting, "loaded", shoot=True)
        return sighting

    async def _withdraw(self) -> ChoiceMade:
        if await self._find(self._patience.look_ms, ask_rules=False) is not None:
            accepted = await self._choose("accept")
            if accepted.made is None:
                answer = Answer(made=None, error=f"nothing to withdraw, since accepting failed: {accepted.error}")
                return self._finish("withdraw", answer, accepted.method, Proof())
        before = await self._read()
        answer, method = await self._take_back()
        if answer.made is None:
            return self._finish("withdraw", answer, method, Proof())
        return await self._prove("withdraw", answer, method, before)

    async def _take_back(self) -> tuple[Answer, MethodName]:
        try:
            if self._recipe is not None and self._recipe.recipe.withdraw:
                return await self._recipe.withdraw(self._page, self._pace), "recipe"
            return await self._general.withdraw(self._page, self._pace), "heuristic"
        except ProtocolError as error:
            return Answer(
                made=None, error=f"the page went away while consent was withdrawn: {_line(error)}"
            ), "heuristic"

    async def _prove(self, wanted: StateName, answer: Answer, method: MethodName, before: Signals) -> ChoiceMade:
        by_rule = method == "rule"
        gone = await self._gone(by_rule=by_rule)
        await self._seen(None if gone else await self._current(), "answered", answer=answer)
        after = await self._signals("answered")
        self._on_made()
        await self._pace.reload()
        still_gone = await self._gone(settle=True, by_rule=by_rule)
        await self._seen(None if still_gone else await self._current(), "reloaded")
        reloaded = await self._signals("reloaded")
        proof = prove(wanted, Observed(before, after, reloaded, gone, still_gone))
        return self._finish(wanted, answer, method, proof)

    async def _gone(self, *, settle: bool = False, by_rule: bool = False) -> bool:
        """Whether no banner stands. After a reload one may still be on its way, so it gets its time to appear.

        What only the rules could see, only they can miss.
        """
        if by_rule and await self._platform() is not None:
            return False

        async def stands() -> bool:
            return await self._current() is not None

        async def left() -> bool:
            return await self._current() is None

        if settle:
            return not await until(self._pace, stands, self._patience.look_ms)
        return await until(self._pace, left, GONE_MS)

    async def _current(self) -> Sighting | None:
        for method in self._methods:
            if method is not self._rules and (sighting := await self._look(method)) is not None:
                return sighting
        return None

    def _finish(self, wanted: StateName, answer: Answer, method: MethodName | None, proof: Proof) -> ChoiceMade:
        verified, error = _verdict(wanted, answer, proof)
        choice = ChoiceMade(
            visit=self._visit,
            context=self._state,
            wanted=wanted,
            made=answer.made,
            begun_ms=self._pace.marked_ms,
            verified=verified,
            clicks=answer.clicks,
            method=method if answer.made is not None else None,
            via_api=answer.via_api,
            how=answer.how,
            steps=answer.steps,
            proofs=proof.proofs,
            contradictions=proof.contradictions,
            error=error,
        )
        self._emit(choice)
        if self._trace is not None:
            self._trace.concluded(choice)
        return choice

    async def _seen(
        self, sighting: Sighting | None, moment: Moment, *, shoot: bool = False, answer: Answer | None = None
    ) -> None:
        picture = await self._pace.shoot("banner") if shoot and sighting is not None else None
        if answer is not None and answer.buttons:
            self._emit(self._banner(_second(answer), "settings", None))
        stance = await self._general.stance(sighting) if sighting is not None and moment == "loaded" else None
        self._emit(self._banner(sighting, moment, picture, stance))

    def _banner(
        self, sighting: Sighting | None, moment: Moment, picture: str | None, stance: BannerStance | None = None
    ) -> BannerSeen:
        shown = sighting or Sighting(method="heuristic")
        return BannerSeen(
            visit=self._visit,
            context=self._state,
            phase=self._phase,
            moment=moment,
            found=sighting is not None,
            cmp=shown.cmp or (self._cmp if sighting is not None else None),
            method=shown.method if sighting is not None else None,
            languages=shown.languages,
            text=shown.text,
            buttons=shown.buttons,
            preselected=shown.preselected,
            frame_url=shown.frame_url,
            screenshot=picture,
            stance=stance,
            notes=shown.notes,
        )

    @property
    def _phase(self) -> Phase:
        return "chosen" if self._pace.marked else "initial"

    async def _read(self) -> Signals:
        return await read_signals(self._page, self._pace)

    async def _signals(self, moment: Moment) -> Signals:
        signals = await self._read()
        if self._trace is not None:
            self._trace.signals(moment, signals)
        self._emit(
            SignalsRead(visit=self._visit, context=self._state, phase=self._phase, values=signals.values),
        )
        return signals


def _second(answer: Answer) -> Sighting:
    return Sighting(method="heuristic", buttons=answer.buttons, preselected=answer.preselected)


def _verdict(wanted: StateName, answer: Answer, proof: Proof) -> tuple[bool, str | None]:
    """Whether a choice counts as made for sure, and if not, why in one line."""
    if answer.made is None:
        return False, answer.error or "nothing was pressed"
    if proof.contradictions:
        return False, f"the page's own record says otherwise: {'; '.join(proof.contradictions)}"
    if (
        wanted == "withdraw"
    ):  # asking anew after a withdrawal is what a page should do, and settings close by themselves
        changed = {"consent-record-changed", "signal-agrees"} & set(proof.proofs)
        return bool(changed), None if changed else "no record of the page changed, so consent still stands there"
    if "banner-gone" not in proof.proofs:
        return False, "the banner is still there after the click"
    if "gone-after-reload" not in proof.proofs:
        return False, "the banner came back after a reload"
    return True, None


def _line(error: ProtocolError) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else "unknown error"

"""Answering by a recipe of `scan.toml`: the steps of somebody who knows the site, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.capture.consent.frames import Document, Documents, Remote, call, closed_roots
from scanner.capture.consent.hands import Hands
from scanner.capture.consent.method import Answer, MethodName, Pace, Sighting
from scanner.capture.consent.page import Page
from scanner.capture.consent.waiting import until
from scanner.config.recipe import PIERCE, Recipe
from scanner.model.base import StateName
from scanner.model.consent import BannerButton, ButtonAction, Step

STEP_MS = 5000.0
"""Page time in which each step's element must appear."""

# The first element for a selector, in the document or in the shadow roots given. What is gone through need not be
# visible itself: the host of a banner often draws nothing.
_FIND = """function (selector, visible, ...roots) {
  const shown = e => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && e.checkVisibility({opacityProperty: true, visibilityProperty: true}); };
  for (const root of roots.length ? roots : [document]) {
    let found;
    try { found = [...root.querySelectorAll(selector)]; } catch { return null; }
    const hit = visible ? found.find(shown) : found[0];
    if (hit) return hit;
  }
  return null;
}"""  # noqa: E501
_ENTER = "function (...closed) { return this.shadowRoot || closed.find(root => root.host === this) || null; }"
_FRAME = "function () { return /^(IFRAME|FRAME)$/.test(this.tagName); }"
_TEXT = "function () { return (this.innerText || this.value || this.getAttribute('aria-label') || '').trim().slice(0, 2000); }"  # noqa: E501


@dataclass(frozen=True)
class Found:
    """An element that a selector led to."""

    document: Document
    target: Remote


@dataclass
class RecipeMethod:
    """Answers by a recipe, and by nothing else."""

    recipe: Recipe
    name: MethodName = "recipe"
    _documents: Documents | None = field(default=None, repr=False)

    async def prepare(self, page: Page) -> None:
        """Nothing is put into the page."""
        self._documents = Documents(page)

    def documents(self, page: Page) -> Documents:
        """The documents of its page."""
        if self._documents is None or self._documents.page is not page:
            self._documents = Documents(page)
        return self._documents

    async def look(self, page: Page) -> Sighting | None:
        """The banner that the recipe speaks of, if it stands there now."""
        documents = self.documents(page)
        buttons = []
        for action, selectors in self._first_layer():
            found = await self.find(documents, selectors[0])
            if found is not None:
                text = await call(found.document, _TEXT, on=found.target.id) or selectors[0]
                buttons.append(BannerButton(action=action, layer=1, text=text))
        banner = await self.find(documents, self.recipe.banner) if self.recipe.banner else None
        if banner is None and (self.recipe.banner or not buttons):
            return None
        text = await call(banner.document, _TEXT, on=banner.target.id) if banner is not None else ""
        return Sighting(method="recipe", text=text or "", buttons=tuple(buttons), notes=("recipe of scan.toml",))

    def _first_layer(self) -> list[tuple[ButtonAction, tuple[str, ...]]]:
        given: list[tuple[ButtonAction, tuple[str, ...]]] = [
            ("accept", self.recipe.accept),
            ("reject", self.recipe.reject),
            ("settings", self.recipe.settings),
        ]
        return [(action, selectors) for action, selectors in given if selectors]

    async def answer(self, page: Page, sighting: Sighting, wanted: StateName, pace: Pace) -> Answer:  # noqa: ARG002
        """Press the recipe's steps in order; each element is waited for."""
        selectors = self.recipe.steps(wanted)
        if not selectors:
            return Answer(made=None, error=f"the recipe has no steps for {wanted}")
        documents = self.documents(page)
        hands = Hands(documents, pace)
        steps: list[Step] = []
        for number, selector in enumerate(selectors):
            found = await self._wait(documents, selector, pace)
            if found is None:
                error = f"step {number + 1} of the recipe found nothing: {selector}"
                return Answer(made=None, clicks=number or None, steps=tuple(steps), error=error)
            how = await hands.press(found.document, found.target)
            steps.append(Step(did="pressed", target=selector, result=f"{how} click"))
            await pace.live(100)
        made = "accept" if wanted == "accept" else "withdraw" if wanted == "withdraw" else "reject"
        return Answer(made=made, clicks=len(selectors), how="recipe of scan.toml", steps=tuple(steps))  # type: ignore[arg-type]

    async def withdraw(self, page: Page, pace: Pace) -> Answer:
        """Press the recipe's steps for withdrawing."""
        return await self.answer(page, Sighting(method="recipe"), "withdraw", pace)

    async def _wait(self, documents: Documents, selector: str, pace: Pace) -> Found | None:
        found: list[Found] = []

        async def there() -> bool:
            hit = await self.find(documents, selector)
            if hit is not None:
                found.append(hit)
            return hit is not None

        await until(pace, there, STEP_MS)
        return found[0] if found else None

    async def find(self, documents: Documents, selector: str) -> Found | None:
        """The first visible element that a selector leads to, through shadow roots and frames where it says `>>>`."""
        document = await documents.main()
        root: Remote | None = None
        parts = [part.strip() for part in selector.split(PIERCE)]
        for number, part in enumerate(parts):
            if document is None:
                return None
            last = number == len(parts) - 1
            handle = await call(document, _FIND, part, last, *([root] if root else []), handle=True)
            if handle is None:
                return None
            if last:
                return Found(document, Remote(handle))
            if await call(document, _FRAME, on=handle):
                document, root = await documents.child(document, handle), None
                continue
            inner = await call(document, _ENTER, *await closed_roots(document), on=handle, handle=True)
            if inner is None:
                return None
            root = Remote(inner)
        return None

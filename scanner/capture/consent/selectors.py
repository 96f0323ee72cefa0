"""Selectors that lead to an element, written as recipes write them: ` >>> ` goes into a shadow root or a frame."""

from __future__ import annotations

from scanner.capture.consent.frames import Document, Remote, call
from scanner.config.recipe import PIERCE

# A selector for each element of a list: short, unique in its root, and without names that look made up for one visit.
_SELECTORS = r"""function (numbers) {
  const made = n => !n || /\d{4,}|^[a-z]{0,2}\d|[A-Za-z]\d[A-Za-z0-9]*\d|--/.test(n) || n.length > 60;
  const only = (root, s) => { try { return root.querySelectorAll(s).length === 1; } catch { return false; } };
  const attributes =
    ["data-testid", "data-hook", "data-role", "data-action", "name", "title", "aria-label", "role", "href"];
  const short = (e, root) => {
    const tag = e.tagName.toLowerCase();
    if (e.id && !made(e.id) && only(root, "#" + CSS.escape(e.id))) return "#" + CSS.escape(e.id);
    for (const a of attributes) {
      const v = e.getAttribute(a);
      const s = `${tag}[${a}=${JSON.stringify(v)}]`;
      if (v && v.length < 60 && only(root, s)) return s;
    }
    const classes = [...e.classList].filter(c => !made(c) && !/hover|focus|active|open|show|visible/i.test(c));
    for (const c of classes) if (only(root, `${tag}.${CSS.escape(c)}`)) return `${tag}.${CSS.escape(c)}`;
    for (const a of e.attributes) {
      if (!a.name.startsWith("data-") || a.value.length > 40) continue;
      const s = a.value ? `${tag}[${a.name}=${JSON.stringify(a.value)}]` : `${tag}[${a.name}]`;
      if (!made(a.value || "x") && only(root, s)) return s;
    }
    return null;
  };
  const within = (e) => {
    const root = e.getRootNode(), own = short(e, root);
    if (own) return own;
    const steps = [];
    for (let p = e; p && p.nodeType === 1; p = p.parentElement) {
      const named = p === e ? null : short(p, root);
      if (named) return [named, ...steps].join(" > ");
      const same = p.parentElement || root;
      const kin = [...same.children].filter(c => c.tagName === p.tagName);
      steps.unshift(p.tagName.toLowerCase() + (kin.length > 1 ? `:nth-of-type(${kin.indexOf(p) + 1})` : ""));
    }
    return steps.join(" > ");
  };
  const whole = (e) => {
    const parts = [];
    for (let p = e, n = 0; p && n < 8; n++) {
      parts.unshift(within(p));
      const root = p.getRootNode();
      p = root instanceof ShadowRoot ? root.host : null;
    }
    return parts.join(" >>> ");
  };
  const list = numbers === null ? [this] : numbers.map(n => this[n]);
  return list.map(e => e && e.isConnected ? whole(e) : "");
}"""


async def selector_of(document: Document, target: Remote) -> str:
    """A selector that leads to an element, through frames and shadow roots; empty where it is gone."""
    found = await call(document, _SELECTORS, None, on=target.id)
    return await _through_frames(document, found[0]) if found and found[0] else ""


async def selectors_of(document: Document, elements: str, numbers: list[int]) -> dict[int, str]:
    """Selectors for the elements of a probe's list, by their numbers."""
    found = await call(document, _SELECTORS, numbers, on=elements) or []
    before = await _through_frames(document, "")
    return {n: before + said for n, said in zip(numbers, found, strict=False) if said}


async def _through_frames(document: Document, selector: str) -> str:
    path, current = selector, document
    while current.owner is not None:
        parent, owner = current.owner
        found = await call(parent, _SELECTORS, None, on=owner)
        path = ((found or ["iframe"])[0] or "iframe") + f" {PIERCE.strip()} " + path
        current = parent
    return path

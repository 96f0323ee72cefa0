// Reports what might lead back to consent settings: small things that act, with their words. It judges nothing.
// hints: regular expression source; things whose words and names do not match it are left out.
// closed: closed shadow roots of this document. Returns {info, elements}.
(hints, ...closed) => {
  const wanted = new RegExp(hints, "iu");
  const shut = new Map(closed.map((root) => [root.host, root]));
  const elements = [], info = [];
  const acts = "a,button,[role=button],[role=link],[onclick],[tabindex],summary";
  const fixed = (e) => {
    for (let p = e, n = 0; p && n < 8; p = p.parentElement || p.getRootNode().host || null, n++) {
      if (getComputedStyle(p).position === "fixed") return true;
    }
    return false;
  };
  const walk = (root) => {
    for (const e of root.querySelectorAll("*")) {
      const inner = e.shadowRoot || shut.get(e);
      if (inner) walk(inner);
      const r = e.getBoundingClientRect();
      if (r.width < 8 || r.height < 8 || r.width * r.height > 120000) continue;
      if (!e.matches(acts) && getComputedStyle(e).cursor !== "pointer") continue;
      if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const picture = e.querySelector("img[alt],svg title,[aria-label]");
      const text = (e.innerText || "").trim();
      const name = e.getAttribute("aria-label") || e.title || e.getAttribute("alt")
        || (picture ? picture.getAttribute("alt") || picture.getAttribute("aria-label") || picture.textContent : "") || "";
      if (text.length > 90) continue;
      const cls = typeof e.className === "string" ? e.className : "";
      const names = `${e.id} ${cls} ${[...e.attributes].filter((a) => a.name.startsWith("data-")).map((a) => a.name + " " + a.value.slice(0, 40)).join(" ")}`;
      if (!wanted.test(text) && !wanted.test(name) && !wanted.test(names) && !wanted.test(e.getAttribute("href") || "")) continue;
      if (elements.some((o) => o.contains(e))) continue;
      const href = e.getAttribute("href") || "";
      info.push({
        el: elements.push(e) - 1, text: text.slice(0, 120), name: name.trim().slice(0, 120), names: names.slice(0, 240), href,
        link: !!href && !/^(#|javascript:)/i.test(href), fixed: fixed(e), footer: !!e.closest("footer,[role=contentinfo]"),
      });
    }
  };
  walk(document);
  return { info, elements };
}

// What a page says of itself: words, links, routes, and when it had loaded. Read in an isolated world; plain data.
(() => {
  const MOST = 3000;
  const MOST_ROUTES = 200;
  const links = [];
  // For each link the number of the list of likes it stands in (cards of products, of articles), or null.
  const lists = [];
  const routes = [];

  const words = (element) =>
    (element.innerText || element.textContent || element.getAttribute("aria-label") || element.title || element.alt || "")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 300);
  const absolute = (text) => {
    try {
      const url = new URL(text, document.baseURI).href;
      return /^https?:/.test(url) ? url.slice(0, 4096) : null;
    } catch {
      return null;
    }
  };

  // A list: an ancestor with at least three siblings like it, each of which holds more than a few words. A menu is
  // none: its entries are words, and lead to different kinds of pages.
  const MENU = "nav, header, footer, [role=navigation], [role=menu], [role=menubar], [role=tablist]";
  const CARD = "img, picture, video, time, h1, h2, h3, h4, h5, h6";
  const LIKES = 3;
  const looks = new Map();
  const lookOf = (element) => {
    let look = looks.get(element);
    if (look === undefined) {
      const names = [...element.classList]
        .filter((name) => !/\d|^(first|last|odd|even|active|current|selected|is-\w+)$/.test(name))
        .slice(0, 4);
      look = element.localName + "." + names.sort().join(".");
      looks.set(element, look);
    }
    return look;
  };
  const crowded = new Map();
  const alike = (element) => {
    const parent = element.parentElement;
    if (!parent) return false;
    let counts = crowded.get(parent);
    if (!counts) {
      counts = new Map();
      for (let child = parent.firstElementChild, n = 0; child && n < 200; child = child.nextElementSibling, n++) {
        counts.set(lookOf(child), (counts.get(lookOf(child)) || 0) + 1);
      }
      crowded.set(parent, counts);
    }
    return (counts.get(lookOf(element)) || 0) >= LIKES;
  };
  const isCard = (element) => element.querySelector(CARD) !== null || (element.textContent || "").trim().length > 60;
  const numbers = new Map();
  const listOf = (link) => {
    if (link.closest(MENU)) return null;
    for (let item = link, up = 0; item && item !== document.body && up < 7; item = item.parentElement, up++) {
      if (!alike(item) || !isCard(item)) continue;
      const look = lookOf(item);
      if (!numbers.has(look)) numbers.set(look, numbers.size + 1);
      return numbers.get(look);
    }
    return null;
  };

  // Addresses that a page holds without a link: what its router, its handlers and its head know.
  const route = (text, label) => {
    const url = text ? absolute(text) : null;
    if (url && routes.length < MOST_ROUTES) routes.push([url, label]);
  };
  const GOES = /location(?:\.href)?\s*=\s*(['"])(.+?)\1|location\.(?:assign|replace)\(\s*(['"])(.+?)\3/;
  const HELD = "[routerlink], [data-href], [data-link], [data-route], [onclick*=location]";
  const held = (element) => {
    const handler = GOES.exec(element.getAttribute("onclick") || "");
    if (handler) route(handler[2] || handler[4], words(element));
    for (const name of ["routerlink", "data-href", "data-link", "data-route"]) {
      const value = (element.getAttribute(name) || "").trim();
      if (/^(\/|#!?\/|https?:)/.test(value)) route(value, words(element));
    }
  };

  const visit = (root) => {
    for (const link of root.querySelectorAll("a[href], area[href]")) {
      if (links.length >= MOST) return;
      const url = absolute(link.getAttribute("href"));
      if (!url) continue;
      links.push([url, words(link), link.hasAttribute("download")]);
      lists.push(listOf(link));
    }
    for (const element of root.querySelectorAll(HELD)) {
      if (!(element.localName === "a" && element.hasAttribute("href"))) held(element);
    }
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) visit(element.shadowRoot);
  };
  visit(document);

  for (const link of document.querySelectorAll("link[rel~=privacy-policy], link[rel~=terms-of-service], link[rel~=next]")) {
    route(link.getAttribute("href"), link.rel);
  }
  for (const script of document.querySelectorAll("script[type=speculationrules]")) {
    try {
      const rules = JSON.parse(script.textContent);
      for (const rule of [...(rules.prerender || []), ...(rules.prefetch || [])]) {
        for (const url of rule.urls || []) route(url, "");
      }
    } catch {
      continue;
    }
  }
  // What the page's own router went through (pushState, hash changes) is in the tab's history.
  if (self.navigation && navigation.entries) {
    for (const entry of navigation.entries()) if (entry.sameDocument && entry.url !== location.href) route(entry.url, "");
  }

  const timing = performance.getEntriesByType("navigation")[0];
  return {
    title: (document.title || "").slice(0, 1000),
    language: document.documentElement ? document.documentElement.lang || "" : "",
    url: location.href,
    type: document.contentType,
    load: timing && timing.loadEventEnd > 0 ? timing.loadEventEnd : null,
    links,
    lists,
    routes,
  };
})()

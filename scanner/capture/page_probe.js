// What a page says of itself: words, links, and when it had loaded. Read in an isolated world; plain data.
(() => {
  const MOST = 3000;
  const links = [];
  const visit = (root) => {
    for (const link of root.querySelectorAll("a[href], area[href]")) {
      if (links.length >= MOST) return;
      let url = "";
      try {
        url = new URL(link.getAttribute("href"), document.baseURI).href;
      } catch {
        continue;
      }
      if (!/^https?:/.test(url)) continue;
      const text = (link.innerText || link.textContent || link.getAttribute("aria-label") || link.title || link.alt || "")
        .replace(/\s+/g, " ")
        .trim()
        .slice(0, 300);
      links.push([url.slice(0, 4096), text, link.hasAttribute("download")]);
    }
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) visit(element.shadowRoot);
  };
  visit(document);
  const timing = performance.getEntriesByType("navigation")[0];
  return {
    title: (document.title || "").slice(0, 1000),
    language: document.documentElement ? document.documentElement.lang || "" : "",
    url: location.href,
    type: document.contentType,
    load: timing && timing.loadEventEnd > 0 ? timing.loadEventEnd : null,
    links,
  };
})()

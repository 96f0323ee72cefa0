// Reports what one document shows: places that may hold a consent notice, with their buttons and toggles.
// It reports and judges nothing: words are weighed in Python. It runs in an isolated world and leaves no globals.
// hints: regular expression source; in-flow places whose words and names do not match it are left out.
// limit: how many characters of a place's text are reported. closed: closed shadow roots of this document.
// Returns {info, elements}: plain facts, and the elements that the facts' `el` numbers point to.
(hints, limit, ...closed) => {
  const wanted = new RegExp(hints, "iu");
  const shut = new Map(closed.map((root) => [root.host, root]));
  const shadow = (e) => e.shadowRoot || shut.get(e) || null;
  const up = (e) => {
    if (e.assignedSlot) return e.assignedSlot;
    if (e.parentElement) return e.parentElement;
    const root = e.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  };
  const elements = [];
  const keep = (e) => elements.push(e) - 1;
  const styles = new Map();
  const style = (e) => {
    if (!styles.has(e)) styles.set(e, getComputedStyle(e));
    return styles.get(e);
  };
  const attribute = (e, name) => (e.getAttribute && e.getAttribute(name)) || "";
  const box = (e) => {
    const r = e.getBoundingClientRect();
    return [r.x, r.y, r.width, r.height].map((n) => Math.round(n * 10) / 10);
  };
  const pinned = (e) => {
    for (let p = e, n = 0; p && n < 40; p = up(p), n++) if (style(p).position === "fixed") return true;
    return false;
  };
  const visible = (e) => {
    if (!e.isConnected) return false;
    const r = e.getBoundingClientRect();
    if (r.width < 2 || r.height < 2) return false;
    if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const outside = r.bottom <= 0 || r.right <= 0 || r.top >= innerHeight || r.left >= innerWidth;
    if (outside && r.right <= 0 && r.right < -500) return false;
    return !(outside && pinned(e) && !scrollable(e));
  };
  const scrollable = (e) => {
    for (let p = up(e), n = 0; p && n < 40; p = up(p), n++) {
      if (p.scrollHeight > p.clientHeight + 2 && /auto|scroll/.test(style(p).overflowY)) return true;
    }
    return false;
  };
  const silent = /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|OPTION|IFRAME)$/;
  // What a style sheet writes into an empty element; signs of icon fonts (private use) are no words.
  const styled = (e) => {
    if (e.childNodes.length > 0 || /^(INPUT|IMG|SVG|IFRAME|BR|HR)$/i.test(e.tagName)) return "";
    const said = ["::before", "::after"].map((part) => getComputedStyle(e, part).content);
    return said.filter((c) => /^".+"$/.test(c)).map((c) => c.slice(1, -1).replace(/\\(.)/g, "$1").replace(/[\ue000-\uf8ff]/g, ""))
      .join(" ");
  };
  const gather = (node, most) => {
    let out = "";
    const walk = (n) => {
      if (out.length > most) return;
      if (n.nodeType === Node.TEXT_NODE) {
        out += n.data + " ";
      } else if (n.nodeType === Node.ELEMENT_NODE) {
        if (silent.test(n.tagName) || n.hidden) return;
        const look = style(n);
        if (look.display === "none" || look.visibility === "hidden") {
          if (look.display === "none" || !n.childElementCount) return;
        }
        const inner = shadow(n);
        if (inner) inner.childNodes.forEach(walk);
        else if (n.tagName === "SLOT" && n.assignedNodes().length) n.assignedNodes().forEach(walk);
        else if (!n.childNodes.length) out += styled(n) + " ";
        else n.childNodes.forEach(walk);
      } else if (n.nodeType === Node.DOCUMENT_FRAGMENT_NODE) {
        n.childNodes.forEach(walk);
      }
    };
    walk(node);
    return out.replace(/\s+/g, " ").trim().slice(0, most);
  };
  const texts = new Map();
  const text = (e) => {
    if (!texts.has(e)) texts.set(e, gather(e, limit));
    return texts.get(e);
  };
  const labelled = (e) => {
    const ids = attribute(e, "aria-labelledby").split(/\s+/).filter(Boolean);
    const root = e.getRootNode();
    const said = ids.map((id) => root.getElementById && root.getElementById(id)).filter(Boolean);
    return said.map((s) => gather(s, 160)).join(" ").trim() || attribute(e, "aria-label");
  };
  const words = (e) => {
    const picture = e.querySelector && e.querySelector("img[alt],svg title,[aria-label]");
    const named = picture ? picture.getAttribute("alt") || attribute(picture, "aria-label") || picture.textContent : "";
    const seen = gather(e, 200) || (/^(INPUT)$/.test(e.tagName) ? e.value || attribute(e, "alt") : "");
    return { text: (seen || "").trim().slice(0, 200), label: (labelled(e) || e.title || named || "").trim().slice(0, 160) };
  };
  const names = (e) => {
    const cls = typeof e.className === "string" ? e.className : attribute(e, "class");
    const data = [...(e.attributes || [])]
      .filter((a) => a.name.startsWith("data-") || /^(name|value|onclick|formaction)$/.test(a.name))
      .map((a) => a.name.replace(/^data-/, "") + "=" + a.value.slice(0, 40));
    return [e.tagName.includes("-") ? e.tagName.toLowerCase() : "", e.id || "", cls, ...data.slice(0, 6)]
      .filter(Boolean).join(" ").slice(0, 260);
  };
  const top = (e) => {
    try {
      return e.matches(":modal") || e.matches(":popover-open");
    } catch {
      return false;
    }
  };
  const dialog = (e) =>
    e.tagName === "DIALOG" || /^(dialog|alertdialog)$/.test(attribute(e, "role")) || attribute(e, "aria-modal") === "true";
  const stands = (e) => {
    const look = style(e);
    if (look.position === "fixed" || look.position === "sticky" || top(e) || dialog(e)) return true;
    return look.position === "absolute" && (parseInt(look.zIndex) || 0) >= 10;
  };

  const buttons = new Set();
  const toggles = [];
  const frames = [];
  const BUTTON = "button,[role=button],[role=link],[role=tab],input[type=button],input[type=submit],input[type=image],a,summary,[onclick],area";
  const DIAL = "select,input[type=range],[role=slider]";
  const dials = [];
  const TOGGLE = "input[type=checkbox],input[type=radio],[role=switch],[role=checkbox],[role=radio],[aria-pressed]";
  const POINTED = /^(DIV|SPAN|P|LI|B|STRONG|I|EM|IMG|TD|LABEL|H[1-6]|SECTION)$/;
  const acts = (e) => {
    if (e.tabIndex >= 0 && e.hasAttribute("tabindex") && !e.hasAttribute("aria-modal") && !dialog(e)) return true;
    if (style(e).cursor === "pointer") {
      const parent = up(e);
      return !(parent && style(parent).cursor === "pointer" && text(parent).length < 60);
    }
    return /(^|[\s_-])(btn|button)([\s_-]|$)/i.test(names(e)) && !e.querySelector(BUTTON);
  };
  const switchlike = (e) => {
    if (!/^(DIV|SPAN|LABEL|A|BUTTON)$/.test(e.tagName) || e.textContent.trim().length > 3) return false;
    const cls = attribute(e, "class");
    if (!/(^|[\s_-])(toggle|switch)([\s_-]|$)/i.test(cls) || e.querySelector("input,[role]")) return false;
    const owner = e.closest("label");
    return !(owner && owner.querySelector("input")) && style(e).cursor === "pointer" && !e.parentElement?.querySelector(TOGGLE);
  };
  const collect = (root) => {
    for (const e of root.querySelectorAll("*")) {
      const inner = shadow(e);
      if (inner) collect(inner);
      if (e.tagName === "IFRAME" || e.tagName === "FRAME") frames.push(e);
      else if (e.matches(TOGGLE)) {
        if (e.matches("input") && e.parentElement?.closest("[role=switch][aria-checked],[role=checkbox][aria-checked]")) continue;
        toggles.push(e);
        if (e.hasAttribute("aria-pressed") && e.matches(BUTTON)) buttons.add(e);
      }
      else if (e.matches(DIAL)) dials.push(e);
      else if (switchlike(e)) toggles.push(e);
      else if (e.matches(BUTTON)) buttons.add(e);
      else if ((POINTED.test(e.tagName) || e.tagName.includes("-")) && !inner) {
        const said = e.textContent.trim().length || attribute(e, "aria-label").length || attribute(e, "alt").length
          || (e.hasAttribute("tabindex") ? styled(e).length : 0);
        if (said > 0 && said < 80 && e.childElementCount <= 3 && !e.querySelector(TOGGLE) && acts(e)) {
          let inside = false;
          for (let p = up(e), n = 0; p && n < 8 && !inside; p = up(p), n++) inside = buttons.has(p);
          if (!inside) buttons.add(e);
        }
      }
    }
  };
  collect(document);

  const chain = (e) => {
    const out = [];
    for (let p = e, n = 0; p && n < 4 && p !== document.body; p = up(p), n++) out.push(names(p), attribute(p, "aria-label"));
    return out.filter(Boolean).join(" ").slice(0, 600);
  };
  // Scripts that write a word in a sign or two say as much in half the length.
  const size = (said) => said.length + (said.match(/[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g) || []).length;
  // Places that hold a button: the nearest with words of its own, and the innermost and the outermost that stand above the page.
  const places = (button, own) => {
    let flow = null, named = null, inner = null, outer = null;
    for (let p = up(button), n = 0; p && p !== document.body && p !== document.documentElement && n < 40; p = up(p), n++) {
      const enough = size(text(p)) - own >= 25;
      if (!flow && enough) flow = p;
      if (stands(p) && size(text(p)) > own) {
        if (!inner && enough) inner = p;
        outer = p;
      } else if (!named && !inner && enough && /cookie|consent|gdpr|cmp|privacy/i.test(names(p))) named = p;
    }
    return new Set([flow, named, inner, outer].filter(Boolean));
  };
  const groups = new Map();
  const shown = new Map();
  for (const b of buttons) {
    if (!visible(b)) continue;
    const said = words(b);
    if ((!said.text && !said.label && !names(b)) || said.text.length > 160) continue;
    shown.set(b, said);
    for (const place of places(b, size(said.text))) {
      if (!groups.has(place)) groups.set(place, []);
      groups.get(place).push(b);
    }
  }
  if (window !== window.top && document.body) groups.set(document.body, [...shown.keys()]);

  const colour = (value) => (value.match(/[\d.]+/g) || []).map(Number);
  const backdrop = (e) => {
    for (let p = e; p; p = up(p)) {
      const value = style(p).backgroundColor;
      const parts = colour(value);
      if (parts.length === 3 || parts[3] > 0.5) return value;
    }
    return "rgb(255, 255, 255)";
  };
  const within = (e, place) => {
    for (let p = e; p; p = up(p)) if (p === place) return true;
    return false;
  };
  const describeButton = (b) => {
    const look = style(b);
    const href = b.tagName === "A" || b.tagName === "AREA" ? attribute(b, "href") : "";
    return {
      el: keep(b), ...shown.get(b), tag: b.tagName.toLowerCase(), role: attribute(b, "role"), names: names(b), href,
      link: !!href && !/^(#|javascript:)/i.test(href) && attribute(b, "role") !== "button",
      rect: box(b), font: parseFloat(look.fontSize) || null, weight: look.fontWeight, foreground: look.color,
      background: backdrop(b), disabled: !!b.disabled || attribute(b, "aria-disabled") === "true",
      expanded: b.tagName === "SUMMARY" ? String(!!b.parentElement?.open) : attribute(b, "aria-expanded"),
      selected: attribute(b, "aria-selected"), pressed: attribute(b, "aria-pressed") || attribute(b, "aria-checked"),
      marks: marks(b),
    };
  };
  // Class names as a sign of state, without those that a pointer or the keyboard leaves.
  const marks = (e) => attribute(e, "class").split(/\s+/).filter((c) => c && !/hover|focus|active|ripple|touch|pressing/i.test(c)).sort().join(" ");
  // The words around a button that other buttons of its place are called like too.
  const row = (b) => {
    for (let p = up(b), n = 0; p && n < 5 && p !== document.body; p = up(p), n++) {
      const said = gather(p, 260);
      if (said.length > 2 * shown.get(b).text.length + 8) return said.slice(0, 240);
    }
    return "";
  };
  const ON = /(^|[\s_-])(on|active|checked|enabled|selected)([\s_-]|$)/i;
  const state = (t) => {
    if (t.matches("input")) return t.checked;
    const said = attribute(t, "aria-checked") || attribute(t, "aria-pressed");
    return said ? said === "true" : ON.test(attribute(t, "class"));
  };
  const teams = [];
  const team = (t) => {
    const owner = t.closest("[role=radiogroup],fieldset");
    if (!owner) return "";
    if (!teams.includes(owner)) teams.push(owner);
    return "team " + teams.indexOf(owner);
  };
  // An input that draws nothing itself, in a small box that draws a switch in its stead.
  const slim = (t) => {
    const owner = t.matches("input") ? t.parentElement : null;
    if (!owner || !visible(owner)) return false;
    const r = owner.getBoundingClientRect();
    return r.width <= 120 && r.height <= 60;
  };
  // Whether an element holds other choices besides this one: then its words speak of those as well.
  const mixed = (p, t) =>
    toggles.some((o) => o !== t && within(o, p) && !(t.type === "radio" && o.name === t.name) && !(team(t) && team(o) === team(t)));
  const describeDial = (d) => ({
    el: keep(d), kind: d.tagName === "SELECT" ? "select" : d.tagName === "INPUT" ? "range" : "slider",
    options: d.tagName === "SELECT" ? [...d.options].map((o) => o.text.trim().slice(0, 120)) : [],
    label: (labelled(d) || [...(d.labels || [])].map((l) => gather(l, 160)).join(" ")).slice(0, 160),
    visible: visible(d),
  });
  const describeToggle = (t) => {
    const given = [...(t.labels || [])].map((l) => gather(l, 160)).join(" ");
    const own = (labelled(t) || given || (t.matches("input") ? "" : gather(t, 160))).replace(/\s+/g, " ").trim();
    let around = "";
    for (let p = up(t), n = 0; p && n < 5 && p !== document.body; p = up(p), n++) {
      if (mixed(p, t)) break;
      const said = gather(p, 240);
      if (said && said.toLowerCase() !== own.toLowerCase()) {
        around = said;
        break;
      }
    }
    return {
      el: keep(t), on: state(t), pressed: t.hasAttribute("aria-pressed"), radio: t.type === "radio" || attribute(t, "role") === "radio", group: t.name || team(t),
      disabled: !!t.disabled || t.closest("fieldset:disabled") !== null || attribute(t, "aria-disabled") === "true"
        || attribute(t, "aria-readonly") === "true" || style(t).pointerEvents === "none" && t.hasAttribute("readonly"),
      visible: visible(t) || [...(t.labels || [])].some((l) => visible(l)) || slim(t), label: own.slice(0, 160), around: around.slice(0, 240), names: names(t),
    };
  };
  const fields = (place) => {
    const seen = [...place.querySelectorAll("input:not([type]),input[type=text],input[type=email],input[type=password],input[type=tel],input[type=number],input[type=date],textarea,select")];
    return seen.filter((f) => visible(f)).map((f) => (f.tagName === "INPUT" ? f.type : f.tagName.toLowerCase()));
  };
  const candidates = [];
  for (const [place, held] of groups) {
    const said = text(place);
    const named = chain(place);
    const above = stands(place);
    if (said.length < 12 || (!above && place !== document.body && !wanted.test(said) && !wanted.test(named))) continue;
    if (above && held.length > 150 && !wanted.test(named)) continue;
    const look = style(place);
    const spoken = place.closest("[lang]");
    const often = new Set();
    const once = new Set();
    for (const b of held) (once.has(shown.get(b).text) ? often : once).add(shown.get(b).text);
    candidates.push({
      el: keep(place), text: said, tag: place.tagName.toLowerCase(), chain: named, role: attribute(place, "role"),
      lang: spoken ? attribute(spoken, "lang") : document.documentElement.lang || "",
      dialog: dialog(place) || top(place), position: look.position, above, layer: parseInt(look.zIndex) || 0,
      rect: box(place), body: place === document.body,
      header: !!place.closest("nav,header,[role=navigation]"), footer: !!place.closest("footer,[role=contentinfo]"),
      content: !!place.closest("main,article,[role=main]"), fields: fields(place), 
      buttons: held.slice(0, 80).map((b) => ({ ...describeButton(b), row: often.has(shown.get(b).text) ? row(b) : "" })),
      dials: dials.filter((d) => within(d, place)).slice(0, 20).map(describeDial),
      toggles: toggles.filter((t) => within(t, place)).slice(0, 600).map(describeToggle),
    });
  }
  return {
    info: {
      url: location.href, lang: document.documentElement.lang || "", framed: window !== window.top,
      viewport: [innerWidth, innerHeight], candidates,
      frames: frames.filter(visible).map((f) => ({ el: keep(f), rect: box(f), inset: [f.clientLeft, f.clientTop], chain: chain(f) })).filter((f) => f.rect[2] >= 100 && f.rect[3] >= 40),
    },
    elements,
  };
}

"""The site set: pages with home-made banners of many shapes, and pages with things that only look like one.

Every banner tells the server what was chosen (`/chose?run=...&granted=a,b`), so the server's log is the judge. The
choice is kept in a cookie, and a page that finds it shows no banner.
"""

# ruff: noqa: E501

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.capture.consent.phrases import PHRASES, Phrases

OPTIONAL = ("analytics", "marketing")

_CORE = """
const RUN = new URLSearchParams(location.search).get('run');
const KEPT = document.cookie.split('; ').find(c => c.startsWith('site_choice='));
function choose(granted) {
  document.cookie = 'site_choice=' + encodeURIComponent(JSON.stringify({analytics: granted.includes('analytics'), marketing: granted.includes('marketing')})) + '; path=/; max-age=86400; SameSite=None; Secure';
  fetch('/chose?run=' + RUN + '&granted=' + granted.join(','), {keepalive: true});
}
function other(what) { fetch('/clicked?run=' + RUN + '&what=' + encodeURIComponent(what), {keepalive: true}); }
"""

_STYLE = """
body{font:16px sans-serif;margin:0;padding:20px;min-height:1500px}
.bar{position:fixed;left:0;right:0;bottom:0;background:#eee;padding:20px;z-index:99}
.box{position:fixed;left:20%;top:20%;width:60%;background:#fff;border:1px solid #333;padding:20px;z-index:100}
button,.b{padding:8px 14px;margin:4px;font:inherit;border:1px solid #555;background:#ddd;display:inline-block}
"""

_FILLER = "<h1>Oak &amp; Sons</h1><p>Chairs and tables made by hand since 1904. Come and see our workshop.</p><nav><a href='/about'>About</a> <a href='/shop'>Shop</a></nav>"


def page(body: str, *, lang: str = "en", head: str = "") -> str:
    """A whole page around a body."""
    return f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'><title>Oak</title><style>{_STYLE}</style>{head}</head><body>{_FILLER}{body}</body></html>"


def _bar(p: Phrases, *, reject: bool = True, settings: bool = False, cls: str = "bar", tag: str = "button") -> str:
    parts = [f"<p>{html.escape(p.text)}</p>", f"<{tag} class=b data-do=all>{html.escape(p.accept)}</{tag}>"]
    if reject:
        parts.append(f"<{tag} class=b data-do=none>{html.escape(p.reject)}</{tag}>")
    if settings:
        parts.append(f"<{tag} class=b data-do=open>{html.escape(p.settings)}</{tag}>")
    return f"<div class='{cls}'>{''.join(parts)}</div>"


def _toggles(p: Phrases, *, on: bool = False, kind: str = "checkbox") -> str:
    checked = " checked" if on else ""
    rows = [f"<div><label><input type=checkbox checked disabled> {p.necessary}</label></div>"]
    for name, words in zip(OPTIONAL, (p.analytics, p.marketing), strict=True):
        if kind == "switch":
            rows.append(
                f"<div><span>{words}</span> <button role=switch data-cat={name} aria-label='{html.escape(words, quote=True)}' aria-checked={'true' if on else 'false'} style='width:50px;height:24px'></button></div>"
            )
        elif kind == "hidden":
            rows.append(
                f"<div>{words} <label style='display:inline-block;width:50px;height:24px;background:#99c'><input type=checkbox data-cat={name}{checked} style='opacity:0;width:0;height:0;position:absolute'></label></div>"
            )
        else:
            rows.append(f"<div><label><input type=checkbox data-cat={name}{checked}> {words}</label></div>")
    return "".join(rows)


def _second(p: Phrases, *, on: bool = False, kind: str = "checkbox", extra: str = "") -> str:
    return f"<div class='box' id=second hidden><h2>{p.settings}</h2><p>{html.escape(p.text)}</p>{_toggles(p, on=on, kind=kind)}{extra}<button data-do=save>{p.save}</button></div>"


_WIRE = """
function wire(root, close) {
  const on = e => e.matches('input') ? e.checked : e.getAttribute('aria-checked') === 'true';
  root.querySelectorAll('[role=switch]').forEach(s => s.addEventListener('click', () => s.setAttribute('aria-checked', String(!on(s)))));
  root.querySelectorAll('[data-do]').forEach(b => b.addEventListener('click', ev => {
    const what = b.dataset.do;
    if (what === 'all') { choose(['analytics', 'marketing']); close(); }
    else if (what === 'none') { choose([]); close(); }
    else if (what === 'save') { choose([...root.querySelectorAll('[data-cat]')].filter(on).map(t => t.dataset.cat)); close(); }
    else if (what === 'open') { root.querySelector('#second').hidden = false; }
    else if (what === 'dismiss') { choose([]); close(); }
    ev.preventDefault();
  }));
}
"""


def _plain(markup: str, *, when: str = "show()", close: str = "host.remove()") -> str:
    return f"""<div id=host></div><script>{_CORE}{_WIRE}
const host = document.getElementById('host');
function show() {{ host.innerHTML = {json.dumps(markup)}; wire(host, () => {{ {close} }}); }}
if (!KEPT) {{ {when}; }}
</script>"""


def bar(p: Phrases) -> str:
    return _plain(_bar(p))


def two_layers(p: Phrases) -> str:
    return _plain(_bar(p, reject=False, settings=True) + _second(p))


def pre_ticked(p: Phrases) -> str:
    return _plain(_bar(p, reject=False, settings=True) + _second(p, on=True))


def switches(p: Phrases) -> str:
    return _plain(_bar(p, reject=False, settings=True) + _second(p, on=True, kind="switch"))


def hidden_inputs(p: Phrases) -> str:
    return _plain(_bar(p, reject=False, settings=True) + _second(p, on=True, kind="hidden"))


def second_refuses(p: Phrases) -> str:
    return _plain(
        _bar(p, reject=False, settings=True) + _second(p, on=True, extra=f"<button data-do=none>{p.reject}</button>")
    )


def ticks_on_first(p: Phrases) -> str:
    return _plain(
        f"<div class=box><p>{p.text}</p>{_toggles(p, on=True)}<button data-do=save>{p.save}</button><button data-do=all>{p.accept}</button></div>"
    )


def divs(p: Phrases) -> str:
    return _plain(_bar(p, tag="div").replace("class=b", "class=b style='cursor:pointer'"))


def late(p: Phrases) -> str:
    return _plain(_bar(p), when="setTimeout(show, 350)")


def animated(p: Phrases) -> str:
    moved = _bar(p).replace(
        "class='bar'", "class='bar' id=bar style='transition:transform .5s, opacity .5s;transform:translateY(120%)'"
    )
    shut = "const b = host.firstElementChild; b.style.opacity = 0; b.addEventListener('transitionend', () => host.remove(), {once: true})"
    return _plain(
        moved,
        when="show(); requestAnimationFrame(() => requestAnimationFrame(() => host.firstElementChild.style.transform = 'none'))",
        close=shut,
    )


def late_handlers(p: Phrases) -> str:
    return _plain(_bar(p)).replace("wire(host, () =>", "setTimeout(wire, 700, host, () =>")


def dialog(p: Phrases) -> str:
    return _plain(
        f"<dialog><p>{p.text}</p><form method=dialog><button data-do=all>{p.accept}</button><button data-do=none>{p.reject}</button></form></dialog>",
        when="show(); host.firstElementChild.showModal()",
    )


def reloads(p: Phrases) -> str:
    return _plain(_bar(p), close="location.reload()")


def covered(p: Phrases) -> str:
    over = "<div style='position:fixed;left:0;right:0;bottom:0;height:300px;z-index:9999;background:rgba(0,0,0,.01)'></div>"
    return _plain(_bar(p) + over)


def shadow_open(p: Phrases) -> str:
    return _shadow(p, "open")


def shadow_closed(p: Phrases) -> str:
    return _shadow(p, "closed")


def shadow_closed_two_layers(p: Phrases) -> str:
    return _shadow(p, "closed", _bar(p, reject=False, settings=True) + _second(p, on=True, kind="switch"))


def _shadow(p: Phrases, mode: str, markup: str | None = None) -> str:
    inner = f"<style>{_STYLE}</style>" + (markup or _bar(p))
    return f"""<consent-box id=host></consent-box><script>{_CORE}{_WIRE}
const host = document.getElementById('host');
if (KEPT) host.remove(); else {{
  const root = host.attachShadow({{mode: '{mode}'}});
  root.innerHTML = {json.dumps(inner)};
  wire(root, () => host.remove());
}}</script>"""


def framed(p: Phrases) -> str:
    """The banner lies in a frame of another site; the frame tells the page."""
    return f"""<div id=host></div><script>{_CORE}
if (!KEPT) {{
  host.innerHTML = "<iframe src='https://consent.frames.test/banner?lang=" + document.documentElement.lang + "' style='position:fixed;left:0;bottom:0;width:100%;height:220px;border:0;z-index:99'></iframe>";
  addEventListener('message', e => {{ choose(e.data.granted); host.remove(); }});
}}</script>"""


def frame_document(p: Phrases, lang: str) -> str:
    """What `framed` shows in its frame."""
    return f"""<!doctype html><html lang='{lang}'><meta charset=utf-8><body style='background:#eee'><main>{_bar(p, cls="x")}</main><script>
document.querySelectorAll('[data-do]').forEach(b => b.onclick = () => parent.postMessage({{granted: b.dataset.do === 'all' ? ['analytics', 'marketing'] : []}}, '*'));
</script></body></html>"""


def redrawn(p: Phrases) -> str:
    """A second layer whose every change draws it anew, as frameworks do."""
    return f"""<div id=host></div><script>{_CORE}
const state = {{analytics: true, marketing: true}}; let open = false;
function draw() {{
  host.innerHTML = open
    ? `<div class=box role=dialog aria-modal=true><h2>{p.settings}</h2><p>{p.text}</p><label><input type=checkbox disabled checked>{p.necessary}</label>` + Object.keys(state).map(k => `<p><label><input type=checkbox name=${{k}} ${{state[k] ? 'checked' : ''}}>${{k === 'analytics' ? {json.dumps(p.analytics)} : {json.dumps(p.marketing)}}}</label></p>`).join('') + `<button id=s>{p.save}</button></div>`
    : `<div class=bar><p>{p.text}</p><button id=a>{p.accept}</button><button id=o>{p.settings}</button></div>`;
  host.querySelectorAll('input[name]').forEach(i => i.onchange = () => {{ state[i.name] = i.checked; draw(); }});
  const on = (id, f) => {{ const e = document.getElementById(id); if (e) e.onclick = f; }};
  on('a', () => {{ choose(['analytics', 'marketing']); host.remove(); }});
  on('o', () => {{ open = true; draw(); }});
  on('s', () => {{ choose(Object.keys(state).filter(k => state[k])); host.remove(); }});
}}
if (!KEPT) draw();
</script>"""


def parent_moves_children(p: Phrases) -> str:
    """One toggle over the others: switching it off switches the children off, and they switch it on again."""
    rows = f"<label><input type=checkbox id=over checked> {p.settings}</label><div><label><input type=checkbox class=k data-cat=analytics checked> {p.analytics}</label></div><div><label><input type=checkbox class=k data-cat=marketing checked> {p.marketing}</label></div>"
    markup = (
        _bar(p, reject=False, settings=True)
        + f"<div class=box id=second hidden><p>{p.text}</p>{rows}<button data-do=save>{p.save}</button></div>"
    )
    script = "<script>document.addEventListener('change', e => { const kids = [...document.querySelectorAll('.k')]; if (e.target.id === 'over') kids.forEach(k => k.checked = e.target.checked); else document.getElementById('over').checked = kids.some(k => k.checked); });</script>"
    return _plain(markup) + script


def tabs(p: Phrases) -> str:
    """Marketing lies on a second tab that is only drawn when it is opened."""
    return f"""<div id=host></div><script>{_CORE}{_WIRE}
const kept = {{analytics: true, marketing: true}};
function rows(name, words) {{ return `<p><label><input type=checkbox data-cat=${{name}} ${{kept[name] ? 'checked' : ''}}> ${{words}}</label></p>`; }}
function panel(n) {{ document.getElementById('panel').innerHTML = n ? rows('marketing', {json.dumps(p.marketing)}) : rows('analytics', {json.dumps(p.analytics)}); document.querySelectorAll('[role=tab]').forEach((t, i) => t.setAttribute('aria-selected', String(i === n))); }}
if (!KEPT) {{
  host.innerHTML = {json.dumps(_bar(p, reject=False, settings=True))} + `<div class=box id=second hidden role=dialog><p>{p.text}</p><button role=tab aria-selected=true>{p.analytics}</button><button role=tab aria-selected=false>{p.marketing}</button><div id=panel></div><button id=save>{p.save}</button></div>`;
  wire(host, () => host.remove()); panel(0);
  document.querySelectorAll('[role=tab]').forEach((t, i) => t.onclick = () => panel(i));
  host.addEventListener('change', e => {{ if (e.target.dataset.cat) kept[e.target.dataset.cat] = e.target.checked; }});
  document.getElementById('save').onclick = () => {{ choose(Object.keys(kept).filter(k => kept[k])); host.remove(); }};
}}</script>"""


def refusal_opens_settings(p: Phrases) -> str:
    """The refusal leads to a second layer where everything is still on and has to be saved."""
    return _plain(_bar(p).replace("data-do=none", "data-do=open") + _second(p, on=True))


def unlike_names(p: Phrases) -> str:
    """Class names that say nothing, and an accept button that is called reject in the markup."""
    return _plain(
        _bar(p, cls="x1")
        .replace("class='x1'", "style='position:fixed;bottom:0;left:0;right:0;background:#ddd;padding:20px'")
        .replace("data-do=all", "data-do=all id=reject-btn")
        .replace("data-do=none", "data-do=none id=accept-btn")
    )


SHAPES: dict[str, Callable[[Phrases], str]] = {
    f.__name__: f
    for f in (
        bar, two_layers, pre_ticked, switches, hidden_inputs, second_refuses, ticks_on_first, divs, late, animated,
        late_handlers, dialog, reloads, covered, shadow_open, shadow_closed, shadow_closed_two_layers, framed, redrawn,
        parent_moves_children, tabs, refusal_opens_settings, unlike_names,
    )
}  # fmt: skip
"""Banners that offer both choices, by name."""


@dataclass(frozen=True)
class Case:
    """One page of the set."""

    name: str
    lang: str
    body: str
    query: str = ""


def case(shape: str, lang: str) -> Case:
    """A banner of one shape in one language."""
    return Case(f"{shape}-{lang}", lang, page(SHAPES[shape](PHRASES[lang]), lang=lang))


def special(name: str, markup: str, lang: str = "en") -> Case:
    """A page with a banner of its own markup."""
    return Case(name, lang, page(_plain(markup), lang=lang))


OK_ONLY = special(
    "ok-only",
    "<div class=bar><p>This website uses cookies to give you the best experience. <a href='/privacy'>Learn more</a></p><button data-do=all>OK</button></div>",
)
OK_ONLY_DE = special(
    "ok-only-de",
    "<div class=bar><p>Wir verwenden Cookies, um unsere Website zu verbessern.</p><button data-do=all>Verstanden</button></div>",
    "de",
)
PAY = special(
    "pay",
    "<div class=box role=dialog><h2>Read with advertising or subscribe</h2><p>We and our partners use cookies and process personal data for advertising. Accept, or read without tracking with a subscription.</p><button data-do=all>Accept and continue</button><button data-do=dismiss>Subscribe for 3.99 a month</button></div>",
)

_DECOYS: dict[str, str] = {
    "newsletter": "<div class=box role=dialog><h2>Join our newsletter</h2><p>Get 10 % off your first order. By signing up you accept our privacy policy.</p><input type=email placeholder='Your email'><button>Subscribe</button><button>No thanks</button></div>",
    "newsletter-cookies": "<div class=box role=dialog><h2>Newsletter</h2><p>Subscribe to our newsletter. We use cookies to measure how it is read, see our privacy policy.</p><input type=email><button>Agree and subscribe</button><button>Decline</button></div>",
    "age": "<div class=box role=dialog aria-modal=true><h2>Are you over 18?</h2><p>You must be 18 years or older to enter this website. By entering you accept our terms of use and cookie policy.</p><button>Yes, I agree</button><button>No</button></div>",
    "age-de": "<div class=box role=dialog><h2>Sind Sie volljährig?</h2><p>Diese Website ist erst ab 18 Jahren. Mit dem Betreten stimmen Sie der Datenschutzerklärung zu.</p><button>Ja, zustimmen und eintreten</button><button>Nein</button></div>",
    "language": "<div class=box role=dialog><h2>Choose your language</h2><p>Select your country and language to continue on our website.</p><button>English</button><button>Deutsch</button><button>Continue</button></div>",
    "orders": "<table><tr><td>Order 1812: cookie tin, 24 pieces, to be confirmed by you</td><td><button>Accept</button><button>Reject</button></td></tr><tr><td>Order 1813: oak chair, to be confirmed by you</td><td><button>Accept</button><button>Reject</button></td></tr></table>",
    "applications": "<form><h2>Application of J. Miller</h2><p>Personal data: name, address and consent of the applicant were checked. Decide on this application.</p><button type=button>Accept application</button><button type=button>Reject application</button></form>",
    "chat": "<div style='position:fixed;right:10px;bottom:10px;width:300px;background:#fff;padding:10px'><p>Hello! Chat with us about your order. We store this conversation.</p><button>Start chat</button><button>No thanks</button></div>",
    "sale": "<div class=bar><p>Cookie week! 20 % off all butter cookies with the voucher COOKIE20 until Sunday.</p><button>Shop now</button><button>No thanks</button></div>",
    "bakery": "<div class=box><h2>Our cookies</h2><p>Fresh cookies from our bakery, with butter and chocolate. Add to cart today.</p><button>Add to cart</button><button>Close</button></div>",
    "push": "<div class=box role=dialog><p>Allow notifications and never miss news from our website.</p><button>Allow</button><button>Not now</button></div>",
    "login": "<div class=box role=dialog><h2>Log in</h2><p>Sign in to your account. We use your personal data only to log you in.</p><input type=text><input type=password><button>Continue</button><button>Cancel</button></div>",
    "policy": "<main><h2>Cookie policy</h2><p>"
    + "This website uses cookies. We use them for statistics and marketing, and we ask for your consent. " * 60
    + "</p><button>Print</button></main><footer><a href='#settings'>Cookie settings</a> <a href='/privacy'>Privacy policy</a></footer>",
    "footer": "<footer><p>We use cookies on this website.</p><a href='/privacy'>Privacy</a> <button>Cookie settings</button></footer>",
    "app": "<div class=bar><p>Read on in our app: faster, and made for your phone. Download our app now.</p><button>Open</button><button>Continue in browser</button></div>",
    "location": "<div class=box role=dialog><p>May we use your location to show the nearest shop on this website?</p><button>Allow</button><button>Deny</button></div>",
    "survey": "<div class=bar><p>Would you take part in a short survey about this website? Your privacy is respected.</p><button>Accept</button><button>Decline</button></div>",
    "terms": "<div class=box role=dialog><h2>New terms of service</h2><p>We changed our terms of service. Please read and accept them to go on using your account.</p><button>Accept</button><button>Log out</button></div>",
}
_WATCH = (
    "<script>"
    + _CORE
    + "document.addEventListener('click', e => other(e.target.textContent.slice(0, 40)), true)</script>"
)
DECOYS: dict[str, Case] = {
    name: Case(
        f"decoy-{name}",
        "de" if name.endswith("-de") else "en",
        page(markup + _WATCH, lang="de" if name.endswith("-de") else "en"),
    )
    for name, markup in _DECOYS.items()
}
"""Pages without a consent banner, on which nothing may be pressed."""

WITH_WAY_BACK = Case(
    "way-back",
    "en",
    page(
        bar(PHRASES["en"])
        + "<footer><a href='/privacy'>Privacy policy</a> <a href='#' id=again>Cookie settings</a></footer><script>document.getElementById('again').onclick = e => { e.preventDefault(); if (!host.isConnected) document.body.append(host); show(); }</script>"
    ),
)
"""A banner, and a link in the footer that shows it again."""

REMEMBERS_WRONGLY = Case(
    "remembers-wrongly", "en", page(bar(PHRASES["en"]).replace("choose([]);", "choose(['analytics', 'marketing']);"))
)
"""Its refusal is kept as an acceptance."""

RETURNS = Case("returns", "en", page(bar(PHRASES["en"]).replace("if (!KEPT)", "if (true)")))
"""It forgets what was chosen."""

SCROLLED = Case(
    "scrolled",
    "en",
    page(
        bar(PHRASES["en"]).replace(
            "if (!KEPT) { show(); }", "if (!KEPT) addEventListener('scroll', show, {once: true})"
        )
    ),
)
"""It waits for the visitor to scroll."""

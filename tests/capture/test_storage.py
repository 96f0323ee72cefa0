"""What origins keep, in every frame and every kind of storage."""

from __future__ import annotations

import pytest

from scanner.model.evidence import StorageSnapshot
from tests.capture.conftest import FIRST, THIRD, Look, Site

pytestmark = pytest.mark.browser

KEEP = """<script>
localStorage.setItem('local', 'x'.repeat(5000) + 'é'); sessionStorage.setItem('session', 'v');
indexedDB.open('base').onupgradeneeded = (e) => e.target.result.createObjectStore('things');
caches.open('cached').then((c) => c.put('/a', new Response('x')));
</script>"""


async def test_all_storage_of_the_page_and_of_a_frame_of_another_site(site: Site, look: Look) -> None:
    site.put("/keeper", f"<!doctype html><body>{KEEP}")
    records = await look(site.page(f'{KEEP}<iframe src="https://{THIRD}/keeper"></iframe>'))
    found = {
        (snapshot.origin, snapshot.storage, item.key)
        for snapshot in records.of(StorageSnapshot)
        for item in snapshot.items
    }
    keys = {("local", "local"), ("session", "session"), ("indexeddb", "base/things"), ("cache", "cached")}
    assert found == {(f"https://{host}", kind, key) for host in (FIRST, THIRD) for kind, key in keys}


async def test_a_long_value_is_cut_and_its_true_length_told(site: Site, look: Look) -> None:
    records = await look(site.page(KEEP))
    (snapshot,) = [snapshot for snapshot in records.of(StorageSnapshot) if snapshot.storage == "local"]
    assert (len(snapshot.items[0].value), snapshot.items[0].bytes) == (4096, 5002)


async def test_an_answer_of_the_database_comes_while_the_page_still_lives(site: Site, look: Look) -> None:
    """A chain of database answers, each in real time, must not be outrun by the page's own fast life."""
    records = await look(
        site.page(
            """<script>
            const open = (n) => new Promise((ok) => {
              const r = indexedDB.open('db' + n); r.onupgradeneeded = () => r.result.createObjectStore('s');
              r.onsuccess = () => ok();
            });
            (async () => {
              for (let i = 0; i < 5; i++) { await open(i); await cookieStore.set('step' + i, '1'); }
              await crypto.subtle.digest('SHA-256', new Uint8Array(1));
              fetch('/after-databases');
            })();
            </script>"""
        )
    )
    assert site.asked("/after-databases")
    assert {f"step{n}" for n in range(5)} <= set(records.jar())


@pytest.mark.parametrize(
    "begins",
    [
        pytest.param("setTimeout(work, 29990)", id="as its first life ends"),
        pytest.param("onmousemove = () => { onmousemove = null; setTimeout(work, 2990); }", id="as all of it ends"),
    ],
)
async def test_what_is_asked_last_is_answered_too(site: Site, look: Look, begins: str) -> None:
    records = await look(
        site.page(
            f"""<script>
            const open = (n) => new Promise((ok) => {{ indexedDB.open('db' + n).onsuccess = ok; }});
            const work = async () => {{
              for (let i = 0; i < 3; i++) {{ await open(i); await cookieStore.set('step' + i, '1'); }}
              fetch('/after-databases');
            }};
            {begins};
            </script>"""
        )
    )
    assert site.asked("/after-databases")
    assert {f"step{n}" for n in range(3)} <= set(records.jar())


async def test_text_that_is_no_text_does_not_break_the_record(site: Site, look: Look) -> None:
    records = await look(site.page("<script>localStorage.setItem('half\\ud83d', '\\udc00=1+1')</script>"))
    (snapshot,) = records.of(StorageSnapshot)
    assert snapshot.items[0].key.startswith("half")
    snapshot.model_dump_json().encode("utf-8")

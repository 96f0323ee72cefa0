"""The demonstration server: routes, files, cookies and the log, asked by a plain HTTP client."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.demo import serve_demo
from scanner.errors import UsageError
from tests.demo.asking import SITE, WriteSite, client_of


def routes(*tables: str) -> str:
    return SITE + "".join(f"\n[[routes]]\n{table}\n" for table in tables)


async def test_files_answer_by_name_with_suffix_or_as_a_folder(write_site: WriteSite) -> None:
    folder = write_site(
        files={
            "pages/about.html": "about",
            "pages/news/index.html": "news",
            "pages/style.css": "a {}",
            "pages/x.js": "",
        }
    )
    async with client_of(folder) as ask:
        for path, text, kind in (
            ("/", "<h1>Own</h1>", "text/html"),
            ("/about", "about", "text/html"),
            ("/news", "news", "text/html"),
            ("/news/", "news", "text/html"),
            ("/style.css", "a {}", "text/css"),
            ("/x.js", "", "text/javascript"),
        ):
            response, body = await ask(f"https://www.own.example{path}")
            assert (response.status, body, response.content_type) == (200, text, kind), path
            assert response.charset == "utf-8"


async def test_layouts_and_files_outside_the_folder_are_not_served(write_site: WriteSite) -> None:
    folder = write_site(files={"pages/_layout.html": "secret", "pages/.hidden": "secret", "secret.txt": "secret"})
    async with client_of(folder) as ask:
        for path in ("/_layout", "/_layout.html", "/.hidden", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/a%00b"):
            response, body = await ask(f"https://www.own.example{path}")
            assert response.status == 404, path
            assert "secret" not in body


async def test_pages_are_templates_with_a_layout(write_site: WriteSite) -> None:
    main = "{% block main %}{{ host }}{{ path }} {{ query.q }} {{ cookies.c }}{% endblock %}"
    page = "{% extends 'pages/_layout.html' %}" + main
    folder = write_site(files={"pages/_layout.html": "[{% block main %}{% endblock %}]", "pages/p.html": page})
    async with client_of(folder) as ask:
        _, body = await ask("https://www.own.example/p?q=%3Cb%3E", headers={"Cookie": "c=v"})
        assert body == "[www.own.example/p &lt;b&gt; v]"


async def test_a_site_can_have_its_own_missing_page(write_site: WriteSite) -> None:
    async with client_of(write_site(files={"pages/404.html": "<p>gone</p>"})) as ask:
        response, body = await ask("https://www.own.example/nothing")
        assert (response.status, body, response.content_type) == (404, "<p>gone</p>", "text/html")


async def test_host_cookies_come_with_pages_only_and_keep_their_value(write_site: WriteSite) -> None:
    site = SITE + 'set_cookies = ["sid={hex:8}; Path=/; HttpOnly"]\nheaders = { "X-Own" = "{host}" }\n'
    async with client_of(write_site(site, files={"pages/style.css": ""})) as ask:
        page, _ = await ask("https://www.own.example/")
        assert len(page.headers.getall("Set-Cookie")) == 1
        assert page.headers["X-Own"] == "www.own.example"
        again, _ = await ask("https://www.own.example/", headers={"Cookie": "sid=abc"})
        assert again.headers["Set-Cookie"] == "sid=abc; Path=/; HttpOnly"
        style, _ = await ask("https://www.own.example/style.css")
        assert "Set-Cookie" not in style.headers


async def test_the_first_route_whose_conditions_hold_answers(write_site: WriteSite) -> None:
    folder = write_site(
        routes(
            'path = "/c"\nmethod = "POST"\ntext = "posted"',
            'path = "/c"\nquery = { gcs = "G1*1" }\ntext = "granted"',
            'path = "/c"\ncookies = { id = "*" }\ntext = "known {cookie:id}"',
            'path = "/c"\nlacks_cookies = ["opt"]\ntext = "new"',
            'path = "/c*"\ntext = "last"',
        )
    )
    async with client_of(folder) as ask:
        assert (await ask("https://www.own.example/c", "POST"))[1] == "posted"
        assert (await ask("https://www.own.example/c?gcs=G101"))[1] == "granted"
        assert (await ask("https://www.own.example/c?gcs=G110", headers={"Cookie": "id=7"}))[1] == "known 7"
        assert (await ask("https://www.own.example/c"))[1] == "new"
        assert (await ask("https://www.own.example/c", headers={"Cookie": "opt=1"}))[1] == "last"
        assert (await ask("https://www.own.example/c.anything"))[1] == "last"


async def test_a_glob_takes_nothing_but_the_asterisk_for_special(write_site: WriteSite) -> None:
    async with client_of(write_site(routes('path = "/a.[1]?/*"\ntext = "yes"'))) as ask:
        assert (await ask("https://www.own.example/a.[1]%3F/deep/er"))[1] == "yes"
        assert (await ask("https://www.own.example/aX1Y/deep"))[0].status == 404


async def test_a_route_answers_with_status_headers_and_several_cookies(write_site: WriteSite) -> None:
    route = (
        'path = "/r"\nstatus = 204\nheaders = { "X-Time" = "{time}" }\n'
        'set_cookies = ["a=1; Path=/", "b={hex:4}; Path=/; Partitioned"]'
    )
    async with client_of(write_site(routes(route))) as ask:
        response, body = await ask("https://www.own.example/r")
        assert (response.status, body) == (204, "")
        assert response.headers["X-Time"].isdigit()
        first, second = response.headers.getall("Set-Cookie")
        assert first == "a=1; Path=/"
        assert second.endswith("; Path=/; Partitioned")


async def test_redirects_pixels_and_files_of_packages(write_site: WriteSite) -> None:
    folder = write_site(
        routes(
            'path = "/go"\nredirect = "https://{host}/end?{query}"',
            'path = "/p"\npixel = true',
            'path = "/lib.js"\npackage = { distribution = "js-cookieconsent", '
            'path = "js/cookieconsent/resources/cookieconsent.min.js" }',
        )
    )
    async with client_of(folder) as ask:
        moved, _ = await ask("https://www.own.example/go?a=1")
        assert (moved.status, moved.headers["Location"]) == (302, "https://www.own.example/end?a=1")
        pixel, _ = await ask("https://www.own.example/p")
        assert (pixel.content_type, pixel.headers["Content-Length"]) == ("image/gif", "43")
        library, text = await ask("https://www.own.example/lib.js")
        assert library.content_type == "text/javascript"
        assert "cookieconsent" in text


async def test_cors_echoes_the_asking_origin(write_site: WriteSite) -> None:
    async with client_of(write_site(routes('path = "/c"\ncors = true'))) as ask:
        response, _ = await ask(
            "https://www.own.example/c",
            "OPTIONS",
            {"Origin": "https://a.example", "Access-Control-Request-Headers": "x-a"},
        )
        assert response.headers["Access-Control-Allow-Origin"] == "https://a.example"
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert response.headers["Access-Control-Allow-Headers"] == "x-a"
        plain, _ = await ask("https://www.own.example/c")
        assert plain.headers["Access-Control-Allow-Origin"] == "*"


async def test_both_schemes_answer_and_the_log_tells_them_apart(write_site: WriteSite) -> None:
    async with client_of(write_site()) as ask:
        await ask("http://www.own.example/")
        await ask("https://www.own.example/?a=b", headers={"Cookie": "c=d", "Referer": "https://r.example/"})
        first, second = ask.server.log
        assert (first.scheme, second.scheme) == ("http", "https")
        assert (second.host, second.path, second.query, second.cookies) == (
            "www.own.example",
            "/",
            {"a": "b"},
            {"c": "d"},
        )
        assert (second.referer, second.site, second.status, second.served) == ("https://r.example/", "own", 200, True)


async def test_a_host_that_no_site_knows_is_answered_404_and_logged(write_site: WriteSite) -> None:
    async with client_of(write_site()) as ask:
        response, _ = await ask("https://stranger.example/x", "POST", data="body")
        assert response.status == 404
        (hit,) = ask.server.log
        assert (hit.method, hit.body, hit.site, hit.served) == ("POST", "body", None, False)


async def test_the_log_knows_the_choice_from_the_sites_own_cookie(write_site: WriteSite) -> None:
    site = (
        SITE.replace('language = "en"', 'language = "en"\nthird_parties = ["counter"]')
        + '\n[[hosts]]\nname = "elsewhere.test"\nfolder = "pages"\n'
        + '\n[consent]\ncookie = "choice"\naccept = "*stats:yes*"\nreject = "stats:no"\n'
    )
    folder = write_site(site)
    party = folder / "_third_parties" / "counter"
    party.mkdir(parents=True)
    (party / "party.toml").write_text(
        'title = "C"\nimitates = "c"\nhosts = ["c.counter.test"]\n[[routes]]\npath = "/*"\n', encoding="utf-8"
    )
    async with client_of(folder) as ask:
        for cookie, state in (
            ("", "before"),
            ("choice=stats%3Ayes", "accept"),
            ("choice=stats:no", "reject"),
            ("choice=stats:some", "other"),
        ):
            await ask("https://www.own.example/", headers={"Cookie": cookie} if cookie else None)
            assert ask.server.log[-1].state == state
        await ask("https://elsewhere.test/", headers={"Cookie": "choice=stats:no"})
        assert (ask.server.log[-1].site, ask.server.log[-1].state) == ("own", None)
        await ask("https://c.counter.test/hit", headers={"Cookie": "choice=stats:no"})
        assert (ask.server.log[-1].site, ask.server.log[-1].state) == (None, None)


async def test_a_third_partys_software_answers_on_an_own_subdomain(
    write_site: WriteSite, write_party: Callable[[str, str], None]
) -> None:
    write_party(
        "counter",
        'title = "C"\nimitates = "c"\nhosts = ["c.counter.test"]\n'
        '[[routes]]\nhost = "c.counter.test"\npath = "/hit"\ntext = "counted for {site}"\n',
    )
    site = SITE + '\n[[hosts]]\nname = "stats.own.example"\nparty = "counter"\n'
    async with client_of(write_site(site)) as ask:
        assert (await ask("https://stats.own.example/hit"))[1] == "counted for own.example"
        assert ask.server.log[-1].site == "own"
        # The third party itself is none of this site's.
        assert (await ask("https://c.counter.test/hit"))[0].status == 404


async def test_hits_are_chosen_by_globs(write_site: WriteSite) -> None:
    async with client_of(write_site(files={"pages/a.html": ""})) as ask:
        for path in ("/", "/a", "/b"):
            await ask(f"https://www.own.example{path}")
        assert [hit.path for hit in ask.server.hits("*.example", "/a*")] == ["/a"]
        assert len(ask.server.hits()) == 3


async def test_an_unknown_site_is_not_served(write_site: WriteSite) -> None:
    with pytest.raises(UsageError, match="no demonstration site is called 'other'"):
        async with serve_demo(["other"], write_site()):
            pytest.fail("it was served")

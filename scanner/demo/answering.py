"""How a demonstration host answers: declared routes first, then the files of its folder, pages through templates."""

from __future__ import annotations

import asyncio
import base64
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import jinja2
from aiohttp import web

from scanner.demo.loading import package_path
from scanner.demo.model import Route, SiteHost
from scanner.demo.placeholders import Asked, fill, fill_cookie

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""A transparent GIF of 1 x 1 pixel."""

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}


@dataclass(frozen=True)
class Answerer:
    """One host: its routes, the folder their files are in, and the folder of pages, where it has one."""

    routes: tuple[Route, ...]
    folder: Path
    host: SiteHost | None = None
    variables: Mapping[str, object] = field(default_factory=dict)

    async def answer(self, request: web.BaseRequest, asked: Asked) -> web.Response:
        """The answer to one request; 404 where neither a route nor a file has one."""
        for route in self.routes:
            if _holds(route, request.method, asked):
                if route.delay_ms:
                    await asyncio.sleep(route.delay_ms / 1000)
                return self._routed(route, request, asked)
        return self._from_folder(asked)

    def _routed(self, route: Route, request: web.BaseRequest, asked: Asked) -> web.Response:
        status = route.status or (302 if route.redirect is not None else 200)
        body, content_type = self._body(route, asked)
        response = web.Response(status=status, body=body)
        if body:
            response.content_type = route.content_type or content_type
            if response.content_type.startswith("text/"):
                response.charset = "utf-8"
        response.headers["Cache-Control"] = "no-store"
        if route.redirect is not None:
            response.headers["Location"] = fill(route.redirect, asked)
        if route.cors:
            _allow_origin(response, request)
        for name, value in route.headers.items():
            response.headers[name] = fill(value, asked)
        for line in route.set_cookies:
            response.headers.add("Set-Cookie", fill_cookie(line, asked))
        return response

    def _body(self, route: Route, asked: Asked) -> tuple[bytes, str]:
        if route.pixel:
            return PIXEL, "image/gif"
        if route.text is not None:
            return fill(route.text, asked).encode(), "text/plain"
        if route.package is not None:
            path = package_path(route.package.distribution, route.package.path)
            return path.read_bytes(), _type_of(path)
        if route.file is not None:
            path = self.folder / route.file
            if path.suffix == ".html":
                return self._render(path, asked), "text/html"
            return path.read_bytes(), _type_of(path)
        return b"", "application/octet-stream"

    def _from_folder(self, asked: Asked) -> web.Response:
        if self.host is None or self.host.folder is None:
            return web.Response(status=404, text="Not found\n")
        root = (self.folder / self.host.folder).resolve()
        path = _file_for(root, asked.path)
        if path is None:
            missing = root / "404.html"
            body = self._render(missing, asked) if missing.is_file() else b"Not found\n"
            kind = "text/html" if missing.is_file() else "text/plain"
            return web.Response(status=404, body=body, content_type=kind, charset="utf-8")
        page = path.suffix == ".html"
        kind = _type_of(path)
        body = self._render(path, asked) if page else path.read_bytes()
        response = web.Response(body=body, content_type=kind, charset="utf-8" if kind.startswith("text/") else None)
        response.headers["Cache-Control"] = "no-store"
        for name, value in self.host.headers.items():
            response.headers[name] = fill(value, asked)
        for line in self.host.set_cookies if page else ():
            response.headers.add("Set-Cookie", fill_cookie(line, asked))
        return response

    def _render(self, path: Path, asked: Asked) -> bytes:
        template = _templates(self.folder).get_template(path.resolve().relative_to(self.folder.resolve()).as_posix())
        return template.render(
            host=asked.host, path=asked.path, query=asked.query, cookies=asked.cookies, **self.variables
        ).encode()


@lru_cache(maxsize=256)
def _templates(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    """`*` stands for any run of characters; nothing else is special, so that real paths can be written as they are."""
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether a glob covers the whole text."""
    return _glob(pattern).fullmatch(text) is not None


def _holds(route: Route, method: str, asked: Asked) -> bool:
    return (
        route.host in (None, asked.host)
        and route.method in (None, "GET" if method == "HEAD" else method)
        and matches(route.path, asked.path)
        and _all_match(route.query, asked.query)
        and _all_match(route.cookies, asked.cookies)
        and not any(name in asked.cookies for name in route.lacks_cookies)
    )


def _all_match(wanted: Mapping[str, str], given: Mapping[str, str]) -> bool:
    return all(name in given and matches(pattern, given[name]) for name, pattern in wanted.items())


def _allow_origin(response: web.Response, request: web.BaseRequest) -> None:
    origin = request.headers.get("Origin")
    response.headers["Access-Control-Allow-Origin"] = origin or "*"
    if origin:
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Vary"] = "Origin"
    asked_headers = request.headers.get("Access-Control-Request-Headers")
    if asked_headers:
        response.headers["Access-Control-Allow-Headers"] = asked_headers
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"


def _file_for(root: Path, path: str) -> Path | None:
    """The file that answers a path: itself, with `.html`, or as a folder's `index.html`. Names that begin with an
    underscore or a dot are layouts and the like, and are not served.
    """
    name = unquote(path).strip("/")
    if "\0" in name or any(part.startswith(("_", ".")) for part in name.split("/")):
        return None
    candidates: Iterable[Path] = (root / name, root / f"{name}.html", root / name / "index.html")
    for candidate in candidates:
        resolved = candidate.resolve()
        if resolved.is_file() and resolved.is_relative_to(root):
            return resolved
    return None


def _type_of(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"

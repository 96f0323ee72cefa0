"""Real consent libraries, judged by what they themselves kept."""

from __future__ import annotations

import pytest

from tests.capture.consent.conftest import Lab
from tests.capture.consent.libraries import FROM_NPM, FROM_PYPI, Library, npm_folder, pypi_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shelf(lab: Lab) -> Lab:
    """The lab with the libraries on its server."""
    lab.site.files["pypi"] = pypi_folder()
    modules = npm_folder()
    if modules is not None:
        lab.site.files["npm"] = modules
    return lab


async def _check(shelf: Lab, library: Library, wanted: str) -> None:
    async with shelf.visit(library.case, wanted, "virtual") as visit:
        sighting = await visit.session.observe()
        assert sighting is not None, "no banner was seen"
        choice = await visit.session.choose(wanted)
        cookies = {c["name"]: c["value"] for c in await visit.page.context.cookies()}
        granted = library.judge(cookies)
        if wanted in library.impossible:
            assert choice.made is None, choice.how
            assert granted is None
            return
        assert granted == (library.everything if wanted == "accept" else frozenset()), (choice.how, choice.error)
        assert choice.verified, choice.error


@pytest.mark.parametrize("wanted", ["accept", "reject"])
@pytest.mark.parametrize("library", FROM_PYPI, ids=lambda found: found.case.name)
async def test_the_library_of_a_python_package(shelf: Lab, library: Library, wanted: str) -> None:
    """Osano cookieconsent in its three kinds."""
    await _check(shelf, library, wanted)


@pytest.mark.parametrize("wanted", ["accept", "reject"])
@pytest.mark.parametrize("library", FROM_NPM, ids=lambda found: found.case.name)
async def test_libraries_from_npm(shelf: Lab, library: Library, wanted: str) -> None:
    """vanilla-cookieconsent, klaro, tarteaucitron, Osano cookieconsent with several settings."""
    if "npm" not in shelf.site.files:
        pytest.skip("npm cannot install the libraries here")
    await _check(shelf, library, wanted)

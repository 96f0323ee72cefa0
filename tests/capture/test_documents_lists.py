"""The lists of cookies that a page's consent platform loads are kept beside the policy documents."""

from __future__ import annotations

import json

import pytest

from scanner.capture.instrument import Instrument
from scanner.model.evidence import DocumentKept
from tests.capture.conftest import FIRST, Records, Site

pytestmark = pytest.mark.browser


async def test_a_list_that_the_policy_page_loads_is_kept_as_it_came(site: Site, instrument: Instrument) -> None:
    body = json.dumps({"disclosures": [{"identifier": "_ga", "type": "cookie", "maxAgeSeconds": 60}]})
    site.put("/cmp/device-storage-disclosures.json", body, Content_Type="application/json")
    site.put("/other.json", "{}", Content_Type="application/json")
    site.put(
        "/listed-policy",
        "<title>Cookies</title><body>Our cookies<script>fetch('/cmp/device-storage-disclosures.json');"
        "fetch('/other.json')</script>",
    )
    records = Records()
    await instrument.fetch_documents([f"https://{FIRST}/listed-policy"], records)
    kept = {document.media_type: document for document in records.of(DocumentKept)}
    assert set(kept) == {"text/html", "application/json"}
    assert records.files[f"evidence/{kept['application/json'].file}"] == body.encode()

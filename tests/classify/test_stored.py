"""Storage by kind, origin and partition, and the registrations of service workers."""

from __future__ import annotations


def _in_partition(scan, site):
    scan.records["storage"].append(scan.records["storage"].pop().model_copy(update={"partition_key": site}))


def test_one_key_in_two_partitions_is_two_entries(record):
    """A third party's storage is kept apart for each top-level site."""
    scan = record("before")
    scan.storage("before", {"k": "1"}, origin="https://x.test")
    scan.storage("before", {"k": "2"}, origin="https://x.test")
    _in_partition(scan, "https://shop.test")
    assert [(one.key, one.partition_key, one.party) for one in scan.inventory().storage] == [
        ("k", None, "third"),
        ("k", "https://shop.test", "third"),
    ]


def test_a_service_worker_stands_in_a_list_of_its_own(record):
    """It is no key that a policy would name."""
    scan = record("before")
    scan.storage("before", {"https://www.shop.test/app/": "https://www.shop.test/sw.js"}, kind="service-worker")
    inventory = scan.inventory()
    assert inventory.storage == ()
    (worker,) = inventory.service_workers
    assert (worker.scope, worker.script) == ("https://www.shop.test/app/", "https://www.shop.test/sw.js")
    assert (worker.origin, worker.party, worker.states) == ("https://www.shop.test", "first", ("before",))

"""When a site is due, and who scans it then: the local runner, and a queue for many machines."""

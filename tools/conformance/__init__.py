"""The conformance site: every way of keeping and telling, done a known number of times, and what a scan makes of it.

`server` serves the pages and keeps a log of what it was asked; `truth` reads what each area declares that it does;
`compare` lays a scan beside both; `measure` does all of it once.
"""

"""Nouns only: what was seen, what it is, what the site says, and what differs."""

"""Consent signals: what a page says about the visitor's choice, read and decoded. Nothing here judges."""

"""Answering a consent banner: ways to do it, the signals it leaves, and the proof that it happened."""

from scanner.config.recipe import Recipe

__all__ = ["Recipe"]

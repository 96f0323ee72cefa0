"""Which pages of a site are visited: found, told apart, and chosen, the same ones tomorrow."""

from __future__ import annotations

from scanner.capture.pages.addresses import normal_form
from scanner.capture.pages.choosing import Choice, choose, choose_pages
from scanner.capture.pages.scout import Scout

__all__ = ["Choice", "Scout", "choose", "choose_pages", "normal_form"]

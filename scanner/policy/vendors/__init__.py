"""Who else is at work on the site, in the words of its policy."""

from scanner.policy.vendors.find import find_vendors

__all__ = ["find_vendors"]

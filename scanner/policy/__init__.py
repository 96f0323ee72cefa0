"""What a site says of itself: policy documents to a declaration, and how to find the documents."""

from scanner.policy.declaration import find_cookies, read
from scanner.policy.gate import is_policy

__all__ = ["find_cookies", "is_policy", "read"]

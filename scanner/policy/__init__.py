"""What a site says of itself: policy documents to a declaration, and how to find the documents."""

from scanner.policy.declaration import find_cookies, read
from scanner.policy.discovery import choose_documents
from scanner.policy.files import document_from_bytes, document_from_file
from scanner.policy.gate import is_policy
from scanner.policy.ready import get_ready

__all__ = [
    "choose_documents",
    "document_from_bytes",
    "document_from_file",
    "find_cookies",
    "get_ready",
    "is_policy",
    "read",
]

"""What a policy promises and admits: the closed list of claims, each with the words that make it."""

from scanner.policy.claims.find import find_claims
from scanner.policy.claims.lexicon import languages

__all__ = ["find_claims", "languages"]

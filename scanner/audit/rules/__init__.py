"""The registry: all rules, in the order in which they are documented and reported."""

from __future__ import annotations

from scanner.audit.rule import Rule
from scanner.audit.rules import (
    category_mismatch,
    declared_not_observed,
    lifetime_mismatch,
    no_reject_option,
    policy_missing,
    promise_broken,
    tracking_after_reject,
    tracking_before_consent,
    tracking_without_banner,
    undeclared_cookie,
    undeclared_vendor,
)

RULES: tuple[Rule, ...] = (
    tracking_before_consent.RULE,
    tracking_after_reject.RULE,
    tracking_without_banner.RULE,
    no_reject_option.RULE,
    policy_missing.RULE,
    undeclared_cookie.RULE,
    undeclared_vendor.RULE,
    declared_not_observed.RULE,
    category_mismatch.RULE,
    lifetime_mismatch.RULE,
    promise_broken.RULE,
)

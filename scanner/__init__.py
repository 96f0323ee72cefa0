"""cookie-scanner: what a website does to its visitors before and after they choose, with proof."""

__version__ = "0.1.0"

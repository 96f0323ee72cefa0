"""Optional knowledge that the user points to and that is never shipped: filter lists, databases of trackers."""

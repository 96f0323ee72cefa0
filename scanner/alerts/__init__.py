"""Who is told of what changed, when, and in which words."""

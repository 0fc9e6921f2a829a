"""Alerts beside the core: what people set, what is said, what is tried out, and what can be shown once more."""

"""Showrunner: a live show with AI co-hosts."""

__version__ = "0.1.0"

"""Signed-in accounts of platforms: their tokens, who refreshes them, and what each permission is for."""

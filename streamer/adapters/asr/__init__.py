"""Recognisers of the host's words. Each module is one engine; `common` is what they share."""

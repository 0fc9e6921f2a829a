"""The show's own port: overlay feed, sound for pages, panel, public API."""

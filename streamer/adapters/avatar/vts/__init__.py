"""VTube Studio, by its public API."""

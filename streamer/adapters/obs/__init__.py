"""OBS Studio, through obs-websocket 5."""

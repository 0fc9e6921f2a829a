"""Setting OBS up and using it by hand: for the command line and for the panel."""

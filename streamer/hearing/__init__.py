"""What becomes of the host's sound: whether somebody speaks, when a turn is over, and what was said in it."""

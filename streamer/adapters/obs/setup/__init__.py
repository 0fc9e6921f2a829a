"""Setting OBS up in the user's own collection: what there is, what would be done, doing it, and taking it back.

`inventory` reads, `plan` and `undo` compute values, `apply` carries them out and remembers what was made.
"""

"""The performance figures: `python3 run.py bench`, or `python -m tests.bench`.

The show runs as users start it, in a process of its own; the local servers it talks to and the overlay that listens run
in this one, on one clock. What each figure means is said where it is measured; targets and results are in
`docs/performance.md`.
"""

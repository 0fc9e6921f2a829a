"""From a bare Python to a running show: finds, makes and enters the environment.

Standard library only. `start` and `places` are all that a second start imports, so they import next to nothing;
the rest is loaded when something has to be built.
"""

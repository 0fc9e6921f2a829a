"""Where sound goes: `common.Track` is the sink of the show, the other modules are what it can play through."""

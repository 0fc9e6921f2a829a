"""Setting the show up while it runs: files people also write, keys, brain, voices, channel, and what is done."""

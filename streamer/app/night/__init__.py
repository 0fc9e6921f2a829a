"""Last night, again: what a chat log became, as something one can look at and listen to."""

"""Making, changing and taking in characters: for the command line (`cast new`) and for the panel's desk."""

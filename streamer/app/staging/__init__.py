"""Everything between a show and the devices that follow it: what is heard now, the drivers, their reports."""

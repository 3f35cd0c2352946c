"""Tables of people's own making, read into the register after a dry run, and written back out."""

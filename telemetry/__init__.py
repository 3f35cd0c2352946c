"""Pure computing over the words of the lab: numpy and dataclasses, no clock, no I/O, no threads, no logging."""

"""What devices say and how to read it: bytes or messages in, records and bytes out. No port, no clock, no thread."""

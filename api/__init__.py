"""What the gateway shows to people and programs: the HTTP API and the pages.

Nothing here talks to a device or writes to disk.
"""

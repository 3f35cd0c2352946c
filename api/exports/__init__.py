"""Tables of the gateway as files: what is exported, and in which formats.

Nothing here computes a number; the same question gives the same bytes.
"""

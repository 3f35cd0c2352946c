"""The routes, one file per noun.

A route reads its checked words, asks the parts and returns a view; it computes nothing itself.
"""

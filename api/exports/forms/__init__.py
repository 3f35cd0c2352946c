"""The authority's own form: a template that is filled through a mapping.

A form is data; nothing here knows one.
"""

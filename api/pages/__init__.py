"""The pages that people look at: models of what a page shows, templates, texts in two languages.

Nothing here reads the store or a clock; routes hand in what is to be shown.
"""

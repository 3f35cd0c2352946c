"""One module a figure: each has `measure() -> list[Row]`."""

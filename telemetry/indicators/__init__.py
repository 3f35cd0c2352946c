"""Indicators of the quarterly monitoring: from what people entered and machines told to values with their evidence."""

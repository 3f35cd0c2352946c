"""The quarterly monitoring: sets of indicators, values with their evidence, closed editions, and their verification."""

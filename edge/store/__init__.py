"""What was kept, as columns."""

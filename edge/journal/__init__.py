"""What is kept: an append-only log on disk, and the only place that may say that something is kept."""

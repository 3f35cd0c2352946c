"""All device-side input and output, and everything kept on disk."""

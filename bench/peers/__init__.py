"""What labedge is measured beside; nothing here is imported by it."""

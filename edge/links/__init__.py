"""How bytes move to and from devices; nothing here understands them."""

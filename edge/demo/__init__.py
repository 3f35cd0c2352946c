"""The demo lab: simulated devices behind real ports and the real drivers, with a believable history.

It never opens a port that it did not make itself.
"""

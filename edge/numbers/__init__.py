"""Joins the journal, the register and the rules into numbers; computes none itself, that is `telemetry`."""

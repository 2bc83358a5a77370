"""Tells other systems: one file a receiver, fed from the outbox."""

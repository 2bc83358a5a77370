"""Judges: turns verdicts into findings, findings into cases, and records what people decide."""

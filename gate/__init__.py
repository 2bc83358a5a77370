"""Judges: what people rule is recorded here, with its reason, and never changed after the fact."""

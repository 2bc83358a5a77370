"""What must hold: the engine that judges facts, and the packs of policies as data."""

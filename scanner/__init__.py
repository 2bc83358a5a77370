"""Finds: collect, roll up, identify, attribute, derive; corrections, rebuild."""

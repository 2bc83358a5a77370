"""Tells: one file a document or machine format, from what the store and the gate know."""

"""The words of the vocabulary, one file an area."""

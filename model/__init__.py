"""The nouns that every room speaks. Standard library only; imports nothing of ours."""

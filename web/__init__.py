"""The face: pages and the interface for programs, over what the other rooms know."""

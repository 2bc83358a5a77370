"""Facts: what is known of a tool, or why it is not. One file an area; `derive` puts them together."""

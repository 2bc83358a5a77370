"""What the world says: one file a source, yields signals; outgoing/ holds one file a receiver."""

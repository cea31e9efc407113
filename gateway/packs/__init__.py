"""Rule packs: what they are, how they are read, tested and compiled."""

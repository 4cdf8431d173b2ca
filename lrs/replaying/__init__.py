"""A store as it was, once more: its log copied, and all that commits with it made again out of that."""

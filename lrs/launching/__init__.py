"""The store's part of a cmi5 launch: sessions, their keys, and what a launching system says (8, 9.3)."""

"""The projection of cmi5: what single statements say, folded into registrations when somebody reads."""

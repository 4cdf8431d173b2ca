"""The xAPI Profiles of a tenant: how they come in, and what they refuse at the door."""

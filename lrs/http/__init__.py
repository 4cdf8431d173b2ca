"""The xAPI resources over HTTP: one file per resource, and what they share."""

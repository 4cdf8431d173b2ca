"""The commands of registrars: learners, the catalogue, decisions, transcripts. They check and append events.

What a command needs to know it reads from the log's own streams under the tenant's lock, and never from a
projection, which may be a moment behind.
"""

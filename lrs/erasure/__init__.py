"""What has to go, goes: planned, confirmed, and erased from the log, the index and all made of them."""

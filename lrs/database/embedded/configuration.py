"""How is the server set? For a small machine that never forgets what it has acknowledged."""

from __future__ import annotations

import os
import sys

INCLUDE = """
# The store's own settings, written anew at every start.
include 'lrs.conf'
# Your settings go below this line and win.
"""
_MEGABYTE = 1024 * 1024

_SETTINGS = """\
# Written by the store at every start; put your own settings at the end of postgresql.conf.
cluster_name = 'lrs'
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = {shared_buffers}MB

# What is acknowledged is on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on
{sync_method}
# Few and gentle checkpoints; recovery after a crash reads 2 GB at most.
wal_level = replica
wal_compression = on
max_wal_size = 2GB
min_wal_size = 256MB
checkpoint_timeout = 15min

# The log only grows: keep its visibility map and its statistics fresh without waiting for dead rows.
autovacuum_vacuum_insert_scale_factor = 0.02
autovacuum_analyze_scale_factor = 0.02
autovacuum_naptime = 15s

# Our queries are short: compiling one takes longer than running it.
jit = off

# One file for each day of the week, overwritten a week later.
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_timezone = 'UTC'
timezone = 'UTC'
lc_messages = 'C'
"""


def text() -> str:
    """The settings for this machine, valid in every PostgreSQL from 15 on."""
    # On macOS the usual flush stops in the drive's cache, and a power cut would lose acknowledged statements.
    sync_method = "wal_sync_method = fsync_writethrough\n" if sys.platform == "darwin" else ""
    return _SETTINGS.format(shared_buffers=_shared_buffers(), sync_method=sync_method)


def _shared_buffers() -> int:
    """A quarter of the memory, in megabytes, between 32 and 1024."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(32, min(1024, memory // 4 // _MEGABYTE))

"""A learning record store: xAPI statements in an append-only log, and everything else derived from it.

Read it in the order of a statement's way: `http.statements` receives, `auth` says who asks, `xapi` checks
and completes, `log` commits, `store` finds. `app` and `cli` are the roof; `database`, `settings`, `metrics`
and `errors` the ground.
"""

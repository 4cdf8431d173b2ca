"""A learning record store: xAPI statements in an append-only log, and everything else derived from it.

Read it in the order of a statement's way: `http.statements` receives, `auth` says who asks, `xapi` checks
and completes, `log` commits, `store` finds. `registrar` takes what people decide, `accesses` notes what they
read, `profiling` keeps what statements should say, `erasure` erases, and `replaying` makes a store again out
of its log. `app` and `cli` are the roof; `database`, `settings`, `metrics` and `errors` the ground. The
package `projections` follows the log.
"""

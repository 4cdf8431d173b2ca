"""The projection of xAPI Profiles: checked when somebody reads, but for what was counted before."""

"""What a statement says, and whose word it is: shared by all projections that believe or doubt statements."""

"""What is on offer, what it counts and what it shows: providers, courses, activities, scales, policies."""

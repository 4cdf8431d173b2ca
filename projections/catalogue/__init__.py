"""What is on offer, and what it counts: providers, courses, activities, grading scales and the policy."""

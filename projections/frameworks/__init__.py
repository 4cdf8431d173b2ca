"""What can be known, and in which order? Frameworks of competencies, as registrars import them (CASE)."""

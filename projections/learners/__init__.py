"""Who is who: learners as registrars know them, identifiers as statements name them, and links."""

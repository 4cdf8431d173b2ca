"""Packages of competency frameworks as JSON (1EdTech CASE). Pure: JSON in, answer out."""

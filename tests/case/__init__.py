"""Packages of frameworks as JSON: pure, tested without a database."""

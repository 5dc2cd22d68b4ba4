"""Measures what we claim about speed and memory."""

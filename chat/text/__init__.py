"""Renders the text of messages as HTML, the same for every viewer; imports nothing from the rest of the project."""

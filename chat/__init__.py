"""What a person can do in a chat, whether by a page or by a program: every permission is checked in here."""

"""The operations of the chat, called by pages and by programs alike: every permission is checked in here."""

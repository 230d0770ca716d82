"""Who is who: users, roles, permissions, sessions, two-factor, API tokens, on FAB's security manager.

Promises: the same answer for a known and an unknown e-mail address, sessions that end the moment
their reason ends (logout, new password, suspension), and one set of operations for every door.
Refuses: self-made shortcuts around them (Flask-AppBuilder's own login, registration and REST login
are replaced).
"""

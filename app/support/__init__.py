"""Talking with customers: live chat, tickets, help pages, a bot that knows what it does not know.

Promises: a message that was acknowledged is kept and shown once, in order; nobody reads a conversation that is not
theirs; whoever writes out of hours gets a ticket. Refuses: files that are not what they claim, messages into closed
conversations.
"""

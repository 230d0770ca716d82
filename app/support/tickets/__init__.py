"""Tickets: a question with a number, a thread, a promised time and somebody who looks after it.

Promises: every message of a mailbox becomes one message of one ticket, however often it is read; customers see their
own tickets and never a private note; numbers have no gap. Refuses: orders of somebody else, files that are not what
they claim, steps that the state does not allow.
"""

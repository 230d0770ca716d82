"""Messages to people: written once, delivered at least once, kept to be read.

Promises that a message with the same `dedupe_key` is written only once, that it goes out with one
stable Message-ID however often delivery is tried, and that a mail server that is down never holds up
the change the message speaks of. Owns no message of its own: each feature keeps its texts in its
`templates/mail/<name>/` and calls `operations.send_mail`.
"""

"""Orders: immutable snapshots of what was bought, their states, their timeline, their numbers.

Promises that a line keeps name, options, price and tax as they were bought whatever happens to the
product later, that every change of state is in the table of `states`, in the history and announced
by exactly one event, and that numbers have no gaps. Refuses every other change of state with 409,
and writes that refusal into the audit log. Knows no cart and no provider of payments.
"""

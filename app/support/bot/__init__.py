"""The bot: understands simple questions, answers from the shop's own data with a link, and knows when to be quiet.

Promises: what it says of an order it has read from that order, and only to who may see it; a question is answered
once; whoever asks for a person, or is not understood, gets a person. Refuses to guess.
"""

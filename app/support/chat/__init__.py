"""Live chat: conversations of visitors and customers with the people of the shop.

Promises: what was acknowledged is kept, once and in order, over any restart; a visitor reads only their own;
whoever finds nobody at the desk hears when there will be, and gets a ticket. Refuses: messages into closed
conversations, files that are not what they claim.
"""

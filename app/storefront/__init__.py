"""The shop's shell: pages, look and scripts that shoppers see.

Promises that every page works without JavaScript where it can, under a strict
content security policy, and reads its values from the view models in `pages`.
Refuses to hold a business rule: views fill the models from queries, nothing else.
"""

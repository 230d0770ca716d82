"""The REST interface under `/api/v1`: the same operations as the shop, for programs.

Promises: what is sent is checked before anything is done, a refusal is an RFC 9457 problem
document, the description at `/api/openapi.json` is what the doors themselves declare.
"""

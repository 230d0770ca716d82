"""The words of the demo shop, all ours, in five languages."""

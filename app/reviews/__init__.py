"""What customers think of what they bought, and the stars of every product.

Promises: one review for each customer and product, only of something that was bought; nothing is shown before
somebody of the shop has read it; the stars of a product always equal its approved reviews. Refuses: stars outside
1 to 5, texts beyond their length, a second review, approval of what was never sent in.
"""

"""Search that learns: what people choose out of results moves products up or down for the same words.

Promises: a version ranks searches only after it won twice, on searches held back from it and on searches that came
after it; unknown words are ranked exactly as before; going back is one statement. Keeps searches only of visitors who
agreed that what they do shapes what the shop shows, tied to their visit, so that taking the yes back deletes them;
what is learnt holds words, products and counts, and nobody. Refuses robots and words that few people used.
"""

"""Sentences as a language model might write them over a corpus: true ones that cite properly, and lies.

Everything is made from the sentences of the releases by rules whose outcome is known: a true sentence says less or in
another form than what it cites, a lie something else. They know nothing of the checks that they are put to.
"""

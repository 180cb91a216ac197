"""The usual way to value customers: pandas and Lifetimes on a copy of the documents, in an environment of its own.

It imports nothing of the project, and is written as an analyst who knows both libraries would: each table is read once,
by COPY, which is quicker than fetching rows; everything is grouped, merged and ranked as whole columns; COPY writes.

What is the same as in a run of ours: the documents, customers and dates; every column of the score, by the same
definitions (the segments and weights that a company begins with, fifths in which equals are equal); the month in the
history, with the segment before; a table with the score's own indexes.

What is not, all of it to the pipeline's advantage but the last:

- Its tables have no foreign keys, and are emptied rather than merged: a customer's score has another id each time.
- It fits one model of purchases, BG/NBD. Ours fits three on the earlier part of the history and takes the best.
- It knows no down payments, tiers proposed by rule, cases or changes of the settings; the benchmark has none of these.
- It holds no lock, tells no progress, and keeps no estimates, standard errors and reasons of a run.
- Lifetimes discounts a month's purchases from the end of the month, ours from its middle, and values who has been
  credited more than bought by their own average, ours by that of all.
"""

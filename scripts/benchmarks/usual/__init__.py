"""The usual way to value customers: pandas and Lifetimes on a copy of the documents, in an environment of its own.

It imports nothing of the project, and is written as an analyst who knows both libraries would: each table is read once,
by pandas' own `read_sql_query` (COPY instead would save it less than a tenth of its time); everything is grouped, merged
and ranked as whole columns; COPY writes.

What is the same as in a run of ours: the documents, customers and dates; every column of the score, by the same
definitions (the segments and weights that a company begins with, fifths in which equals are equal); the month in the
history, with the segment before; tables with the score's and the history's own indexes and foreign keys.

What is not, all of it to the pipeline's advantage but the last:

- Its tables are made anew rather than merged: a customer's score has another id each time.
- It fits one model of purchases, BG/NBD. Ours fits three on the earlier part of the history and takes the best.
- It knows no down payments, tiers proposed by rule, cases or changes of the settings; the benchmark has none of these.
- It holds no lock, tells no progress, and keeps no estimates, standard errors and reasons of a run.
- Lifetimes discounts a month's purchases from the end of the month, ours from its middle, and values who has been
  credited more than bought by their own average, ours by that of all.
"""

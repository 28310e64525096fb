[#-- Of each chunk of rows, chosen by the hash of the key: how many, and two sums of their hashes. --]
SELECT k & ${mask}, count(*), sum(h), sum(hashint8extended(h, 1))
FROM (SELECT ${key} AS k, ${row} AS h FROM ${rows} OFFSET 0) y
GROUP BY 1

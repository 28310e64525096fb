[#-- Makes the pairs of keys that the rows of a batch need. --]
SELECT count(*)
FROM (SELECT DISTINCT f.${mapped} FROM ${legacy} f WHERE ${range}) f, LATERAL ${pair} p

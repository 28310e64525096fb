[#-- Counts rows whose key another relation has brought already: they never get a counterpart. --]
SELECT count(*) FROM ${legacy} f
JOIN ${canonical} t ON ${match}
WHERE ${copied} AND NOT ${ours}

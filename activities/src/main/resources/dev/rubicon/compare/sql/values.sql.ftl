[#-- The values, as text, of the rows whose key has one of these hashes. --]
SELECT DISTINCT ON (1, 2) y."~k", ${row}, ${values}
FROM (SELECT ${key} AS "~k", x.* FROM ${rows} OFFSET 0) y
CROSS JOIN LATERAL (SELECT y.*) x
WHERE y."~k" = ANY('{${wanted}}'::bigint[])

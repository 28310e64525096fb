[#-- The rows of some chunks, where no key distinguishes them: how often each is there. --]
SELECT y."~k", 0::bigint, y."~k", count(*)
FROM (SELECT ${key} AS "~k" FROM ${rows} OFFSET 0) y WHERE ${these} GROUP BY 1 ORDER BY 1

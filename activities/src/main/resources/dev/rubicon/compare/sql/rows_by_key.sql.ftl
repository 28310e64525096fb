[#--
  The rows of some chunks, in the order of their keys' hashes. The cells are worked out only for rows
  that belong here.
--]
SELECT y."~k", ${keyAgain}, ${row}, 1, ${cells}
FROM (SELECT ${key} AS "~k", x.* FROM ${rows} OFFSET 0) y
CROSS JOIN LATERAL (SELECT y.*) x
WHERE ${these} ORDER BY 1

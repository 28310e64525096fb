[#--
  Rows of one side that were written since, with their counterparts. By their places in the table:
  PostgreSQL expects few of them and looks their counterparts up, where it would take a condition on
  xmin for a third of the table.
--]
[#import "comparison.sql.ftl" as comparison]
SELECT count(*) FILTER (WHERE ${otherKey} IS NULL OR [@comparison.any conditions=wrong/]),
       count(*) FILTER (WHERE [@comparison.any conditions=unprovable/])
FROM ${table} ${row}
LEFT JOIN ${other} ${otherRow} ON ${match}
WHERE ${row}.ctid = ANY (ARRAY(SELECT t.ctid FROM ${table} t WHERE ${touchedThere}))
  AND ${touched}

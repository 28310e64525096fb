[#-- The key of the last row of a range that has no more than so many rows. --]
SELECT [#list key as column]q.${column}::text[#sep], [/#sep][/#list]
FROM (SELECT ${key?join(", ")}, row_number() OVER (ORDER BY ${key?join(", ")}) AS _rubicon_n
      FROM (SELECT ${key?join(", ")} FROM ${table}
[#if within?has_content]
            WHERE ${within?join(" AND ")}
[/#if]
            ORDER BY ${key?join(", ")}
            LIMIT ${rows}) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1

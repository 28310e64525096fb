-- rows that are still to be filled

SELECT count(*) FROM rubicon."whole_6011c93c_legacy" f
WHERE true
  AND NOT EXISTS (SELECT FROM rubicon."whole_6011c93c_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer);

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."whole" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."whole" WHERE "id" > ?::text::integer ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."whole"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."whole"
            WHERE "id" > ?::text::integer AND "id" <= ?::text::integer
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_whole_6011c93c', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."whole" f
   WHERE f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."whole_6011c93c_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."whole_6011c93c_canonical" AS t ("id", "a", "c")
SELECT (f."id")::integer, (f."a")::pg_catalog.text, (rubicon."whole_6011c93c_up_2"())::integer
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_whole_6011c93c', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."whole" f
   WHERE f."id" > ?::text::integer AND f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."whole_6011c93c_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer AND t."id" > ?::text::integer AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."whole_6011c93c_canonical" AS t ("id", "a", "c")
SELECT (f."id")::integer, (f."a")::pg_catalog.text, (rubicon."whole_6011c93c_up_2"())::integer
FROM f;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text, (rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record END)
FROM rubicon."whole_6011c93c_legacy" l
LEFT JOIN rubicon."whole_6011c93c_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record)
FROM rubicon."whole_6011c93c_legacy" l
FULL JOIN rubicon."whole_6011c93c_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."whole_6011c93c_legacy" l
FULL JOIN rubicon."whole_6011c93c_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record)
LIMIT 10000) x;

-- canonical is closed: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::integer), 0), 1)), 0)::text
FROM "public"."whole" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."head" c;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text, (rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record END)
FROM rubicon."whole_6011c93c_legacy" l
LEFT JOIN rubicon."whole_6011c93c_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(*) FROM rubicon."whole_6011c93c_canonical";

-- canonical takes clients: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::integer), 0), 1)), 0)::text
FROM "public"."whole" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."head" c;

SELECT count(*) FILTER (WHERE c."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record))
FROM "public"."whole" l
LEFT JOIN "public"."head" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."whole" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record))
FROM "public"."head" c
LEFT JOIN "public"."whole" l ON l."id" OPERATOR(pg_catalog.=) (c."id")::integer
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."head" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text, (rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record END)
FROM rubicon."whole_6011c93c_legacy" l
LEFT JOIN rubicon."whole_6011c93c_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))
FROM rubicon."whole_6011c93c_legacy" l
FULL JOIN rubicon."whole_6011c93c_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

-- rows disagree: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::integer), 0), 1)), 0)::text
FROM "public"."whole" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."head" c;

SELECT count(*) FILTER (WHERE c."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record))
FROM "public"."whole" l
LEFT JOIN "public"."head" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."whole" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."whole_6011c93c_up_2"())::integer)::pg_catalog.record))
FROM "public"."head" c
LEFT JOIN "public"."whole" l ON l."id" OPERATOR(pg_catalog.=) (c."id")::integer
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."head" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;


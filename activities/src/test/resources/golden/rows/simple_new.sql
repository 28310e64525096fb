-- rows that are still to be filled

SELECT count(*) FROM rubicon."simple_c60b7e97_legacy" f
WHERE true
  AND NOT EXISTS (SELECT FROM rubicon."simple_c60b7e97_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::bigint);

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."simple" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."simple" WHERE "id" > ?::text::integer ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."simple"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."simple"
            WHERE "id" > ?::text::integer AND "id" <= ?::text::integer
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_simple_c60b7e97', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."simple" f
   WHERE f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."simple_c60b7e97_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::bigint AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."simple_c60b7e97_canonical" AS t ("id", "a", "c") OVERRIDING SYSTEM VALUE
SELECT (f."id")::bigint, (f."a")::pg_catalog.text, (rubicon."simple_c60b7e97_up_2"(f."b"))::bigint
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_simple_c60b7e97', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."simple" f
   WHERE f."id" > ?::text::integer AND f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."simple_c60b7e97_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::bigint AND t."id" > ?::text::integer AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."simple_c60b7e97_canonical" AS t ("id", "a", "c") OVERRIDING SYSTEM VALUE
SELECT (f."id")::bigint, (f."a")::pg_catalog.text, (rubicon."simple_c60b7e97_up_2"(f."b"))::bigint
FROM f;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text, (rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record END)
FROM rubicon."simple_c60b7e97_legacy" l
LEFT JOIN rubicon."simple_c60b7e97_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record)
FROM rubicon."simple_c60b7e97_legacy" l
FULL JOIN rubicon."simple_c60b7e97_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."simple_c60b7e97_legacy" l
FULL JOIN rubicon."simple_c60b7e97_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record)
LIMIT 10000) x;

-- canonical is closed: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::bigint), 0), 1)), 0)::text
FROM "public"."simple" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."simple_new" c;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text, (rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record END)
FROM rubicon."simple_c60b7e97_legacy" l
LEFT JOIN rubicon."simple_c60b7e97_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint;

SELECT count(*) FROM rubicon."simple_c60b7e97_canonical";

-- canonical takes clients: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::bigint), 0), 1)), 0)::text
FROM "public"."simple" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."simple_new" c;

SELECT count(*) FILTER (WHERE c."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record AND (ROW(l."b")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_down_2"(c."c"))::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."simple" l
LEFT JOIN "public"."simple_new" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."simple" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record AND (ROW(l."b")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_down_2"(c."c"))::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."simple_new" c
LEFT JOIN "public"."simple" l ON l."id" OPERATOR(pg_catalog.=) (c."id")::integer
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."simple_new" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text, (rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record END)
FROM rubicon."simple_c60b7e97_legacy" l
LEFT JOIN rubicon."simple_c60b7e97_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record AND (ROW(l."b")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_down_2"(c."c"))::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record AND (ROW(l."b")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_down_2"(c."c"))::integer)::pg_catalog.record))
FROM rubicon."simple_c60b7e97_legacy" l
FULL JOIN rubicon."simple_c60b7e97_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."simple_c60b7e97_legacy" l
FULL JOIN rubicon."simple_c60b7e97_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record AND (ROW(l."b")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_down_2"(c."c"))::integer)::pg_catalog.record))
LIMIT 10000) x;

-- rows disagree: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::bigint), 0), 1)), 0)::text
FROM "public"."simple" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."simple_new" c;

SELECT count(*) FILTER (WHERE c."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record AND (ROW(l."b")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_down_2"(c."c"))::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."simple" l
LEFT JOIN "public"."simple_new" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::bigint
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."simple" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_up_2"(l."b"))::bigint)::pg_catalog.record AND (ROW(l."b")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."simple_c60b7e97_down_2"(c."c"))::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."simple_new" c
LEFT JOIN "public"."simple" l ON l."id" OPERATOR(pg_catalog.=) (c."id")::integer
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."simple_new" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;


-- rows that are still to be filled

SELECT count(*) FROM rubicon."left_half_e03c6163_legacy" f
WHERE true
  AND NOT EXISTS (SELECT FROM rubicon."left_half_e03c6163_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer);

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."left_half" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."left_half" WHERE "id" > ?::text::integer ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."left_half"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."left_half"
            WHERE "id" > ?::text::integer AND "id" <= ?::text::integer
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_left_half_e03c6163', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."left_half" f
   WHERE f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."left_half_e03c6163_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."left_half_e03c6163_canonical" AS t ("id", "a")
SELECT (f."id")::integer, (f."a")::pg_catalog.text
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_left_half_e03c6163', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."left_half" f
   WHERE f."id" > ?::text::integer AND f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."left_half_e03c6163_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer AND t."id" > ?::text::integer AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."left_half_e03c6163_canonical" AS t ("id", "a")
SELECT (f."id")::integer, (f."a")::pg_catalog.text
FROM f;

-- rows that are still to be filled

SELECT count(*) FROM rubicon."right_half_27905de7_legacy" f
LEFT JOIN rubicon."right_half_27905de7_canonical" t ON t."id" OPERATOR(pg_catalog.=) (f."id")::integer
WHERE true AND (t."id" IS NULL OR (ROW(t."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((f."c")::integer)::pg_catalog.record));

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."right_half" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."right_half" WHERE "id" > ?::text::integer ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."right_half"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."right_half"
            WHERE "id" > ?::text::integer AND "id" <= ?::text::integer
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_right_half_27905de7', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."right_half" f JOIN rubicon."right_half_27905de7_canonical" t ON t."id" OPERATOR(pg_catalog.=) (f."id")::integer
   WHERE f."id" <= ?::text::integer AND t."id" <= ?::text::integer AND true AND ((ROW(t."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((f."c")::integer)::pg_catalog.record))
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
UPDATE rubicon."right_half_27905de7_canonical" AS t
SET "c" = (f."c")::integer
FROM f
WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_right_half_27905de7', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."right_half" f JOIN rubicon."right_half_27905de7_canonical" t ON t."id" OPERATOR(pg_catalog.=) (f."id")::integer
   WHERE f."id" > ?::text::integer AND f."id" <= ?::text::integer AND t."id" > ?::text::integer AND t."id" <= ?::text::integer AND true AND ((ROW(t."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((f."c")::integer)::pg_catalog.record))
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
UPDATE rubicon."right_half_27905de7_canonical" AS t
SET "c" = (f."c")::integer
FROM f
WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."left_half_e03c6163_legacy" l
LEFT JOIN rubicon."left_half_e03c6163_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record)
FROM rubicon."left_half_e03c6163_legacy" l
FULL JOIN rubicon."left_half_e03c6163_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."left_half_e03c6163_legacy" l
FULL JOIN rubicon."left_half_e03c6163_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record)
LIMIT 10000) x;

-- canonical is closed: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::integer), 0), 1)), 0)::text
FROM "public"."left_half" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."joined" c;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."right_half_27905de7_legacy" l
LEFT JOIN rubicon."right_half_27905de7_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."right_half_27905de7_canonical_rows"(c."c") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
FROM rubicon."right_half_27905de7_legacy" l
FULL JOIN rubicon."right_half_27905de7_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."right_half_27905de7_legacy" l
FULL JOIN rubicon."right_half_27905de7_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
LIMIT 10000) x;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."left_half_e03c6163_legacy" l
LEFT JOIN rubicon."left_half_e03c6163_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(*) FROM rubicon."left_half_e03c6163_canonical";

-- canonical takes clients: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::integer), 0), 1)), 0)::text
FROM "public"."left_half" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."joined" c;

SELECT count(*) FILTER (WHERE c."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."left_half" l
LEFT JOIN "public"."joined" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."left_half" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."joined" c
LEFT JOIN "public"."left_half" l ON l."id" OPERATOR(pg_catalog.=) (c."id")::integer
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."joined" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."right_half_27905de7_legacy" l
LEFT JOIN rubicon."right_half_27905de7_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(*) FROM rubicon."right_half_27905de7_canonical";

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."left_half_e03c6163_legacy" l
LEFT JOIN rubicon."left_half_e03c6163_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(*) FROM rubicon."left_half_e03c6163_canonical";

-- rows disagree: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."id")::integer), 0), 1)), 0)::text
FROM "public"."left_half" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."id"), 0), 1)), 0)::text
FROM "public"."joined" c;

SELECT count(*) FILTER (WHERE c."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."left_half" l
LEFT JOIN "public"."joined" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."left_half" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."id" IS NULL OR (ROW(c."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."a")::pg_catalog.text)::pg_catalog.record AND (ROW(l."a")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."a")::pg_catalog.text)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."joined" c
LEFT JOIN "public"."left_half" l ON l."id" OPERATOR(pg_catalog.=) (c."id")::integer
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."joined" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."right_half_27905de7_legacy" l
LEFT JOIN rubicon."right_half_27905de7_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."right_half_27905de7_canonical_rows"(c."c") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."right_half_27905de7_legacy" l
FULL JOIN rubicon."right_half_27905de7_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."right_half_27905de7_legacy" l
FULL JOIN rubicon."right_half_27905de7_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
LIMIT 10000) x;


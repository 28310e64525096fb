-- rows that are still to be filled

SELECT count(*) FROM rubicon."numbered_9dffb1ec_legacy" f
WHERE true
  AND NOT EXISTS (SELECT FROM rubicon."numbered_9dffb1ec_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((f."id")::integer))::pg_catalog.uuid);

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."numbered" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."numbered" WHERE "id" > ?::text::integer ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."numbered"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."numbered"
            WHERE "id" > ?::text::integer AND "id" <= ?::text::integer
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_numbered_9dffb1ec', 'copy', true);

SELECT count(*)
FROM (SELECT DISTINCT f."id" FROM "public"."numbered" f WHERE f."id" <= ?::text::integer) f, LATERAL rubicon."numbered_9dffb1ec_pair_up"((f."id")::integer) p;

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."numbered" f
   WHERE f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."numbered_9dffb1ec_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((f."id")::integer))::pg_catalog.uuid)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."numbered_9dffb1ec_canonical" AS t ("id", "c")
SELECT (rubicon."numbered_9dffb1ec_key_up"((f."id")::integer))::pg_catalog.uuid, (f."c")::integer
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_numbered_9dffb1ec', 'copy', true);

SELECT count(*)
FROM (SELECT DISTINCT f."id" FROM "public"."numbered" f WHERE f."id" > ?::text::integer AND f."id" <= ?::text::integer) f, LATERAL rubicon."numbered_9dffb1ec_pair_up"((f."id")::integer) p;

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."numbered" f
   WHERE f."id" > ?::text::integer AND f."id" <= ?::text::integer AND true
     AND NOT EXISTS (SELECT FROM rubicon."numbered_9dffb1ec_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((f."id")::integer))::pg_catalog.uuid)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."numbered_9dffb1ec_canonical" AS t ("id", "c")
SELECT (rubicon."numbered_9dffb1ec_key_up"((f."id")::integer))::pg_catalog.uuid, (f."c")::integer
FROM f;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."numbered_9dffb1ec_legacy" l
LEFT JOIN rubicon."numbered_9dffb1ec_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((l."id")::integer))::pg_catalog.uuid;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
FROM rubicon."numbered_9dffb1ec_legacy" l
FULL JOIN rubicon."numbered_9dffb1ec_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((l."id")::integer))::pg_catalog.uuid;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."numbered_9dffb1ec_legacy" l
FULL JOIN rubicon."numbered_9dffb1ec_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((l."id")::integer))::pg_catalog.uuid
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
LIMIT 10000) x;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."numbered_9dffb1ec_legacy" l
LEFT JOIN rubicon."numbered_9dffb1ec_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((l."id")::integer))::pg_catalog.uuid;

SELECT count(*) FROM rubicon."numbered_9dffb1ec_canonical";

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."numbered_9dffb1ec_legacy" l
LEFT JOIN rubicon."numbered_9dffb1ec_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((l."id")::integer))::pg_catalog.uuid;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."numbered_9dffb1ec_legacy" l
FULL JOIN rubicon."numbered_9dffb1ec_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((l."id")::integer))::pg_catalog.uuid;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."numbered_9dffb1ec_legacy" l
FULL JOIN rubicon."numbered_9dffb1ec_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."numbered_9dffb1ec_key_up"((l."id")::integer))::pg_catalog.uuid
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
LIMIT 10000) x;


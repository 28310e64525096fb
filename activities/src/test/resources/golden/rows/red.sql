-- rows that are still to be filled

SELECT count(*) FROM rubicon."colours_26586c8e_legacy" f
WHERE (rubicon."colours_26586c8e_rows"(f."kind") IS TRUE)
  AND NOT EXISTS (SELECT FROM rubicon."colours_26586c8e_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer);

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."colours" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."colours" WHERE "id" > ?::text::integer ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."colours"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."colours"
            WHERE "id" > ?::text::integer AND "id" <= ?::text::integer
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_colours_26586c8e', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."colours" f
   WHERE f."id" <= ?::text::integer AND (rubicon."colours_26586c8e_rows"(f."kind") IS TRUE)
     AND NOT EXISTS (SELECT FROM rubicon."colours_26586c8e_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."colours_26586c8e_canonical" AS t ("id", "kind", "c")
SELECT (f."id")::integer, (f."kind")::pg_catalog.text, (f."c")::integer
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_colours_26586c8e', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."colours" f
   WHERE f."id" > ?::text::integer AND f."id" <= ?::text::integer AND (rubicon."colours_26586c8e_rows"(f."kind") IS TRUE)
     AND NOT EXISTS (SELECT FROM rubicon."colours_26586c8e_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (f."id")::integer AND t."id" > ?::text::integer AND t."id" <= ?::text::integer)
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."colours_26586c8e_canonical" AS t ("id", "kind", "c")
SELECT (f."id")::integer, (f."kind")::pg_catalog.text, (f."c")::integer
FROM f;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."kind", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text, (l."c")::integer)::pg_catalog.record END)
FROM rubicon."colours_26586c8e_legacy" l
LEFT JOIN rubicon."colours_26586c8e_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND (rubicon."colours_26586c8e_rows"(l."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NULL AND true
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."colours_26586c8e_rows"(l."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text)::pg_catalog.record) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text)::pg_catalog.record),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
FROM rubicon."colours_26586c8e_legacy" l
FULL JOIN rubicon."colours_26586c8e_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."colours_26586c8e_legacy" l
FULL JOIN rubicon."colours_26586c8e_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text)::pg_catalog.record) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
LIMIT 10000) x;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."kind", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text, (l."c")::integer)::pg_catalog.record END)
FROM rubicon."colours_26586c8e_legacy" l
LEFT JOIN rubicon."colours_26586c8e_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(*) FROM rubicon."colours_26586c8e_canonical";

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."kind", c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text, (l."c")::integer)::pg_catalog.record END)
FROM rubicon."colours_26586c8e_legacy" l
LEFT JOIN rubicon."colours_26586c8e_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND (rubicon."colours_26586c8e_rows"(l."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NULL AND true
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."colours_26586c8e_rows"(l."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text)::pg_catalog.record AND (ROW(l."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."kind")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text)::pg_catalog.record AND (ROW(l."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."kind")::pg_catalog.text)::pg_catalog.record)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."colours_26586c8e_legacy" l
FULL JOIN rubicon."colours_26586c8e_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."colours_26586c8e_legacy" l
FULL JOIN rubicon."colours_26586c8e_canonical" c ON c."id" OPERATOR(pg_catalog.=) (l."id")::integer
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."kind")::pg_catalog.text)::pg_catalog.record AND (ROW(l."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."kind")::pg_catalog.text)::pg_catalog.record)) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
LIMIT 10000) x;


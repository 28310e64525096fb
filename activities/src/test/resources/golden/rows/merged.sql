-- keys that canonical could not carry

SELECT count(*)
FROM (SELECT "id" AS "!was0", (lower(id))::pg_catalog.text AS "id" FROM "public"."one") c
WHERE ("!was0" = (id)::pg_catalog.text) IS NOT TRUE;

-- keys that canonical could not carry

SELECT count(*)
FROM (SELECT "id" AS "!was0", (lower(id))::pg_catalog.text AS "id" FROM "public"."two") c
WHERE ("!was0" = (id)::pg_catalog.text) IS NOT TRUE;

SELECT count(*)
FROM (SELECT (lower(id))::pg_catalog.text AS "id" FROM "public"."one") a
JOIN (SELECT (lower(id))::pg_catalog.text AS "id" FROM "public"."two") b ON a."id" = b."id";

-- rows that are still to be filled

SELECT count(*) FROM rubicon."one_ee12fec8_legacy" f
WHERE true
  AND NOT EXISTS (SELECT FROM rubicon."one_ee12fec8_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(f."id"))::pg_catalog.text AND (rubicon."one_ee12fec8_canonical_rows"(t."kind") IS TRUE));

SELECT count(*) FROM rubicon."one_ee12fec8_legacy" f
JOIN rubicon."one_ee12fec8_canonical" t ON t."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(f."id"))::pg_catalog.text
WHERE true AND NOT (rubicon."one_ee12fec8_canonical_rows"(t."kind") IS TRUE);

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."one" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."one" WHERE "id" > ?::text::text ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."one"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."one"
            WHERE "id" > ?::text::text AND "id" <= ?::text::text
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_one_ee12fec8', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."one" f
   WHERE f."id" <= ?::text::text AND true
     AND NOT EXISTS (SELECT FROM rubicon."one_ee12fec8_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(f."id"))::pg_catalog.text AND (rubicon."one_ee12fec8_canonical_rows"(t."kind") IS TRUE))
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."one_ee12fec8_canonical" AS t ("id", "c", "kind")
SELECT (rubicon."one_ee12fec8_up_0"(f."id"))::pg_catalog.text, (f."c")::integer, (rubicon."one_ee12fec8_up_2"())::pg_catalog.text
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_one_ee12fec8', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."one" f
   WHERE f."id" > ?::text::text AND f."id" <= ?::text::text AND true
     AND NOT EXISTS (SELECT FROM rubicon."one_ee12fec8_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(f."id"))::pg_catalog.text AND (rubicon."one_ee12fec8_canonical_rows"(t."kind") IS TRUE))
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."one_ee12fec8_canonical" AS t ("id", "c", "kind")
SELECT (rubicon."one_ee12fec8_up_0"(f."id"))::pg_catalog.text, (f."c")::integer, (rubicon."one_ee12fec8_up_2"())::pg_catalog.text
FROM f;

-- rows that are still to be filled

SELECT count(*) FROM rubicon."two_4de66f84_legacy" f
WHERE true
  AND NOT EXISTS (SELECT FROM rubicon."two_4de66f84_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(f."id"))::pg_catalog.text AND (rubicon."two_4de66f84_canonical_rows"(t."kind") IS TRUE));

SELECT count(*) FROM rubicon."two_4de66f84_legacy" f
JOIN rubicon."two_4de66f84_canonical" t ON t."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(f."id"))::pg_catalog.text
WHERE true AND NOT (rubicon."two_4de66f84_canonical_rows"(t."kind") IS TRUE);

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."two" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."two" WHERE "id" > ?::text::text ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."two"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."two"
            WHERE "id" > ?::text::text AND "id" <= ?::text::text
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_two_4de66f84', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."two" f
   WHERE f."id" <= ?::text::text AND true
     AND NOT EXISTS (SELECT FROM rubicon."two_4de66f84_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(f."id"))::pg_catalog.text AND (rubicon."two_4de66f84_canonical_rows"(t."kind") IS TRUE))
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."two_4de66f84_canonical" AS t ("id", "c", "kind")
SELECT (rubicon."two_4de66f84_up_0"(f."id"))::pg_catalog.text, (f."c")::integer, (rubicon."two_4de66f84_up_2"())::pg_catalog.text
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_two_4de66f84', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."two" f
   WHERE f."id" > ?::text::text AND f."id" <= ?::text::text AND true
     AND NOT EXISTS (SELECT FROM rubicon."two_4de66f84_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(f."id"))::pg_catalog.text AND (rubicon."two_4de66f84_canonical_rows"(t."kind") IS TRUE))
   ORDER BY f."id"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."two_4de66f84_canonical" AS t ("id", "c", "kind")
SELECT (rubicon."two_4de66f84_up_0"(f."id"))::pg_catalog.text, (f."c")::integer, (rubicon."two_4de66f84_up_2"())::pg_catalog.text
FROM f;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c", c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer, (rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."one_ee12fec8_canonical_rows"(c."kind") IS TRUE)
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."one_ee12fec8_canonical_rows"(c."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record) OR (ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record)
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record) OR (ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record)
LIMIT 10000) x;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c", c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer, (rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."two_4de66f84_canonical_rows"(c."kind") IS TRUE)
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."two_4de66f84_canonical_rows"(c."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record) OR (ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record)
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record) OR (ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record)
LIMIT 10000) x;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c", c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer, (rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."one_ee12fec8_canonical_rows"(c."kind") IS TRUE)
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."one_ee12fec8_canonical_rows"(c."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c", c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer, (rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."two_4de66f84_canonical_rows"(c."kind") IS TRUE)
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."two_4de66f84_canonical_rows"(c."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c", c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer, (rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."one_ee12fec8_canonical_rows"(c."kind") IS TRUE)
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."one_ee12fec8_canonical_rows"(c."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."one_ee12fec8_up_2"())::pg_catalog.text)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."one_ee12fec8_legacy" l
FULL JOIN rubicon."one_ee12fec8_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."one_ee12fec8_down_0"(c."id"))::pg_catalog.text
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
LIMIT 10000) x;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."id" IS NULL OR c."id" IS NULL THEN true
                                   ELSE ROW(c."c", c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer, (rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record END)
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text;

SELECT count(l."id"),
  count(*) FILTER (WHERE c."id" IS NULL AND true),
  count(*) FILTER (WHERE l."id" IS NULL AND (rubicon."two_4de66f84_canonical_rows"(c."kind") IS TRUE)
    OR l."id" IS NOT NULL AND c."id" IS NOT NULL AND NOT (rubicon."two_4de66f84_canonical_rows"(c."kind") IS TRUE)),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((rubicon."two_4de66f84_up_2"())::pg_catalog.text)::pg_catalog.record))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."id" IS NOT NULL AND c."id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."id"::text) k
FROM rubicon."two_4de66f84_legacy" l
FULL JOIN rubicon."two_4de66f84_canonical" c ON c."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_up_0"(l."id"))::pg_catalog.text AND l."id" OPERATOR(pg_catalog.=) (rubicon."two_4de66f84_down_0"(c."id"))::pg_catalog.text
WHERE NOT (l."id" IS NOT NULL AND c."id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
LIMIT 10000) x;


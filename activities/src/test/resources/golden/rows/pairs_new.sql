-- rows that are still to be filled

SELECT count(*) FROM rubicon."pairs_e818535d_legacy" f
WHERE true
  AND NOT EXISTS (SELECT FROM rubicon."pairs_e818535d_canonical" t WHERE t."the id" OPERATOR(pg_catalog.=) (f."the id")::bigint AND t."k" OPERATOR(pg_catalog.=) (f."k")::pg_catalog.text);

-- how PostgreSQL would find the rows of a batch

SELECT "the id"::text, "k"::text FROM "public"."pairs" ORDER BY "the id", "k" LIMIT 1;

EXPLAIN SELECT "the id", "k" FROM "public"."pairs" WHERE ("the id", "k") > (?::text::integer, ?::text::text) ORDER BY "the id", "k" LIMIT 100;

-- where the first range ends

SELECT q."the id"::text, q."k"::text
FROM (SELECT "the id", "k", row_number() OVER (ORDER BY "the id", "k") AS _rubicon_n
      FROM (SELECT "the id", "k" FROM "public"."pairs"
            ORDER BY "the id", "k"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."the id"::text, q."k"::text
FROM (SELECT "the id", "k", row_number() OVER (ORDER BY "the id", "k") AS _rubicon_n
      FROM (SELECT "the id", "k" FROM "public"."pairs"
            WHERE ("the id", "k") > (?::text::integer, ?::text::text) AND ("the id", "k") <= (?::text::integer, ?::text::text)
            ORDER BY "the id", "k"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

SELECT pg_catalog.set_config('rubicon.guard_key_pairs_e818535d', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."pairs" f
   WHERE (f."the id", f."k") <= (?::text::integer, ?::text::text) AND true
     AND NOT EXISTS (SELECT FROM rubicon."pairs_e818535d_canonical" t WHERE t."the id" OPERATOR(pg_catalog.=) (f."the id")::bigint AND t."k" OPERATOR(pg_catalog.=) (f."k")::pg_catalog.text AND (t."the id", t."k") <= (?::text::integer, ?::text::text))
   ORDER BY f."the id", f."k"
   FOR NO KEY UPDATE OF f)
INSERT INTO rubicon."pairs_e818535d_canonical" AS t ("the id", "k", "c")
SELECT (f."the id")::bigint, (f."k")::pg_catalog.text, (f."c")::integer
FROM f;

-- another batch, which skips them

SELECT pg_catalog.set_config('rubicon.guard_key_pairs_e818535d', 'copy', true);

WITH f AS MATERIALIZED (
  SELECT f.* FROM "public"."pairs" f
   WHERE (f."the id", f."k") > (?::text::integer, ?::text::text) AND (f."the id", f."k") <= (?::text::integer, ?::text::text) AND true
     AND NOT EXISTS (SELECT FROM rubicon."pairs_e818535d_canonical" t WHERE t."the id" OPERATOR(pg_catalog.=) (f."the id")::bigint AND t."k" OPERATOR(pg_catalog.=) (f."k")::pg_catalog.text AND (t."the id", t."k") > (?::text::integer, ?::text::text) AND (t."the id", t."k") <= (?::text::integer, ?::text::text))
   ORDER BY f."the id", f."k"
   FOR NO KEY UPDATE OF f SKIP LOCKED)
INSERT INTO rubicon."pairs_e818535d_canonical" AS t ("the id", "k", "c")
SELECT (f."the id")::bigint, (f."k")::pg_catalog.text, (f."c")::integer
FROM f;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."the id" IS NULL OR c."the id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."pairs_e818535d_legacy" l
LEFT JOIN rubicon."pairs_e818535d_canonical" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text;

SELECT count(l."the id"),
  count(*) FILTER (WHERE c."the id" IS NULL AND true),
  count(*) FILTER (WHERE l."the id" IS NULL AND true),
  count(*) FILTER (WHERE l."the id" IS NOT NULL AND c."the id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."the id" IS NOT NULL AND c."the id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record))),
  count(*) FILTER (WHERE l."the id" IS NOT NULL AND c."the id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
FROM rubicon."pairs_e818535d_legacy" l
FULL JOIN rubicon."pairs_e818535d_canonical" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."the id"::text, l."k"::text) k
FROM rubicon."pairs_e818535d_legacy" l
FULL JOIN rubicon."pairs_e818535d_canonical" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text
WHERE NOT (l."the id" IS NOT NULL AND c."the id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record)
LIMIT 10000) x;

-- canonical is closed: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."the id")::bigint, (l."k")::pg_catalog.text), 0), 1)), 0)::text
FROM "public"."pairs" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."the id", c."k"), 0), 1)), 0)::text
FROM "public"."pairs_new" c;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."the id" IS NULL OR c."the id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."pairs_e818535d_legacy" l
LEFT JOIN rubicon."pairs_e818535d_canonical" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text;

SELECT count(*) FROM rubicon."pairs_e818535d_canonical";

-- canonical takes clients: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."the id")::bigint, (l."k")::pg_catalog.text), 0), 1)), 0)::text
FROM "public"."pairs" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."the id", c."k"), 0), 1)), 0)::text
FROM "public"."pairs_new" c;

SELECT count(*) FILTER (WHERE c."the id" IS NULL OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."pairs" l
LEFT JOIN "public"."pairs_new" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."pairs" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."the id" IS NULL OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."pairs_new" c
LEFT JOIN "public"."pairs" l ON l."the id" OPERATOR(pg_catalog.=) (c."the id")::integer AND l."k" OPERATOR(pg_catalog.=) (c."k")::pg_catalog.text
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."pairs_new" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN l."the id" IS NULL OR c."the id" IS NULL THEN true
                                   ELSE ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record END)
FROM rubicon."pairs_e818535d_legacy" l
LEFT JOIN rubicon."pairs_e818535d_canonical" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text;

SELECT count(l."the id"),
  count(*) FILTER (WHERE c."the id" IS NULL AND true),
  count(*) FILTER (WHERE l."the id" IS NULL AND true),
  count(*) FILTER (WHERE l."the id" IS NOT NULL AND c."the id" IS NOT NULL AND (false)),
  count(*) FILTER (WHERE l."the id" IS NOT NULL AND c."the id" IS NOT NULL AND ((ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record)))),
  count(*) FILTER (WHERE l."the id" IS NOT NULL AND c."the id" IS NOT NULL AND ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
FROM rubicon."pairs_e818535d_legacy" l
FULL JOIN rubicon."pairs_e818535d_canonical" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text;

SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), l."the id"::text, l."k"::text) k
FROM rubicon."pairs_e818535d_legacy" l
FULL JOIN rubicon."pairs_e818535d_canonical" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text
WHERE NOT (l."the id" IS NOT NULL AND c."the id" IS NOT NULL) OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))
LIMIT 10000) x;

-- rows disagree: rows written since

SELECT count(*),
       count(*) FILTER (WHERE ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW((l."the id")::bigint, (l."k")::pg_catalog.text), 0), 1)), 0)::text
FROM "public"."pairs" l;

SELECT count(*),
       count(*) FILTER (WHERE ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648),
       coalesce(sum(hashint8extended(hash_record_extended(ROW(c."the id", c."k"), 0), 1)), 0)::text
FROM "public"."pairs_new" c;

SELECT count(*) FILTER (WHERE c."the id" IS NULL OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."pairs" l
LEFT JOIN "public"."pairs_new" c ON c."the id" OPERATOR(pg_catalog.=) (l."the id")::bigint AND c."k" OPERATOR(pg_catalog.=) (l."k")::pg_catalog.text
WHERE l.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."pairs" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((l.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;

SELECT count(*) FILTER (WHERE l."the id" IS NULL OR (ROW(c."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((l."c")::integer)::pg_catalog.record AND (ROW(l."c")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW((c."c")::integer)::pg_catalog.record))),
       count(*) FILTER (WHERE false)
FROM "public"."pairs_new" c
LEFT JOIN "public"."pairs" l ON l."the id" OPERATOR(pg_catalog.=) (c."the id")::integer AND l."k" OPERATOR(pg_catalog.=) (c."k")::pg_catalog.text
WHERE c.ctid = ANY (ARRAY(SELECT t.ctid FROM "public"."pairs_new" t WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648))
  AND ((c.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648;


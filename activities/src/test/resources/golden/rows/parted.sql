-- rows that are still to be filled

SELECT count(*) FROM "public"."parted" WHERE _rubicon IS NULL;

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text, "k"::text FROM "public"."parted" ORDER BY "id", "k" LIMIT 1;

EXPLAIN SELECT "id", "k" FROM "public"."parted" WHERE ("id", "k") > (?::text::integer, ?::text::text) ORDER BY "id", "k" LIMIT 100;

-- where the first range ends

SELECT q."id"::text, q."k"::text
FROM (SELECT "id", "k", row_number() OVER (ORDER BY "id", "k") AS _rubicon_n
      FROM (SELECT "id", "k" FROM "public"."parted"
            ORDER BY "id", "k"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text, q."k"::text
FROM (SELECT "id", "k", row_number() OVER (ORDER BY "id", "k") AS _rubicon_n
      FROM (SELECT "id", "k" FROM "public"."parted"
            WHERE ("id", "k") > (?::text::integer, ?::text::text) AND ("id", "k") <= (?::text::integer, ?::text::text)
            ORDER BY "id", "k"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

WITH b AS MATERIALIZED (
  SELECT "id", "k" FROM "public"."parted"
  WHERE ("id", "k") <= (?::text::integer, ?::text::text) AND _rubicon IS NULL
  ORDER BY "id", "k"
  FOR NO KEY UPDATE)
UPDATE "public"."parted" t SET _rubicon = 0
FROM b
WHERE t."id" = b."id" AND t."k" = b."k" AND t._rubicon IS NULL;

-- another batch, which skips them

WITH b AS MATERIALIZED (
  SELECT "id", "k" FROM "public"."parted"
  WHERE ("id", "k") > (?::text::integer, ?::text::text) AND ("id", "k") <= (?::text::integer, ?::text::text) AND _rubicon IS NULL
  ORDER BY "id", "k"
  FOR NO KEY UPDATE SKIP LOCKED)
UPDATE "public"."parted" t SET _rubicon = 0
FROM b
WHERE t."id" = b."id" AND t."k" = b."k" AND t._rubicon IS NULL;

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record))
FROM "public"."parted" t;

-- canonical is closed: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."parted" t;

-- canonical is closed: the first rows that disagree

SELECT ARRAY[t."id"::text, t."k"::text],
       ARRAY[coalesce(d."c", false), coalesce(d."b", false)]
FROM "public"."parted" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) AS "b"
  OFFSET 0) d
WHERE d."c" OR d."b"
ORDER BY t."id", t."k"
LIMIT 5;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record))
FROM "public"."parted" t;

-- canonical takes clients: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."parted" t;

-- canonical takes clients: the first rows that disagree

SELECT ARRAY[t."id"::text, t."k"::text],
       ARRAY[coalesce(d."c", false), coalesce(d."b", false)]
FROM "public"."parted" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) AS "b"
  OFFSET 0) d
WHERE d."c" OR d."b"
ORDER BY t."id", t."k"
LIMIT 5;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record))
FROM "public"."parted" t;

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE d."c" OR d."b"),
       count(*) FILTER (WHERE d."c"),
       count(*) FILTER (WHERE d."b")
FROM "public"."parted" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) AS "b"
  OFFSET 0) d;

SELECT encode(sha256(convert_to(string_agg(k, E'\n' ORDER BY k COLLATE "C"), 'UTF8')), 'hex')
FROM (SELECT concat_ws(E'\t', t."id"::text, t."k"::text) k
FROM "public"."parted" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) AS "b"
  OFFSET 0) d
WHERE d."c" OR d."b"
LIMIT 10000) x;

-- rows disagree: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."parted" t;

-- rows disagree: the first rows that disagree

SELECT ARRAY[t."id"::text, t."k"::text],
       ARRAY[coalesce(d."c", false), coalesce(d."b", false)]
FROM "public"."parted" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."parted_537bb425_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."parted_537bb425_down_0"(t."c"))::integer)::record) AS "b"
  OFFSET 0) d
WHERE d."c" OR d."b"
ORDER BY t."id", t."k"
LIMIT 5;


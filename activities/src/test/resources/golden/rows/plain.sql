-- rows that are still to be filled

SELECT count(*) FROM "public"."plain" WHERE _rubicon IS NULL;

-- how PostgreSQL would find the rows of a batch

SELECT "id"::text FROM "public"."plain" ORDER BY "id" LIMIT 1;

EXPLAIN SELECT "id" FROM "public"."plain" WHERE "id" > ?::text::integer ORDER BY "id" LIMIT 100;

-- where the first range ends

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."plain"
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- where another ends, below a bound

SELECT q."id"::text
FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS _rubicon_n
      FROM (SELECT "id" FROM "public"."plain"
            WHERE "id" > ?::text::integer AND "id" <= ?::text::integer
            ORDER BY "id"
            LIMIT 1) w) q
ORDER BY q._rubicon_n DESC
LIMIT 1;

-- the first batch, which waits for locked rows

UPDATE "public"."plain" SET _rubicon = 0
WHERE _rubicon IS NULL AND ctid = ANY (ARRAY(
  SELECT ctid FROM "public"."plain"
  WHERE "id" <= ?::text::integer AND _rubicon IS NULL
  ORDER BY "id"
  FOR NO KEY UPDATE));

-- another batch, which skips them

UPDATE "public"."plain" SET _rubicon = 0
WHERE _rubicon IS NULL AND ctid = ANY (ARRAY(
  SELECT ctid FROM "public"."plain"
  WHERE "id" > ?::text::integer AND "id" <= ?::text::integer AND _rubicon IS NULL
  ORDER BY "id"
  FOR NO KEY UPDATE SKIP LOCKED));

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 20 <> 0),
       count(*) FILTER (WHERE t._rubicon & 10 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record)
         OR (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record))
FROM "public"."plain" t;

-- canonical is closed: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 20 <> 0),
       count(*) FILTER (WHERE t._rubicon & 10 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record)
         OR (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."plain" t;

-- canonical is closed: the first rows that disagree

SELECT ARRAY[t."id"::text],
       ARRAY[coalesce(d."c", false), coalesce(d."b", false), coalesce(d."d", false)]
FROM "public"."plain" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record) AS "b",
         (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) AS "d"
  OFFSET 0) d
WHERE d."c" OR d."b" OR d."d"
ORDER BY t."id"
LIMIT 5;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 20 <> 0),
       count(*) FILTER (WHERE t._rubicon & 10 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record)
         OR (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record))
FROM "public"."plain" t;

-- canonical takes clients: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 20 <> 0),
       count(*) FILTER (WHERE t._rubicon & 10 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record)
         OR (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."plain" t;

-- canonical takes clients: the first rows that disagree

SELECT ARRAY[t."id"::text],
       ARRAY[coalesce(d."c", false), coalesce(d."b", false), coalesce(d."d", false)]
FROM "public"."plain" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record) AS "b",
         (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) AS "d"
  OFFSET 0) d
WHERE d."c" OR d."b" OR d."d"
ORDER BY t."id"
LIMIT 5;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 20 <> 0),
       count(*) FILTER (WHERE t._rubicon & 10 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record)
         OR (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record))
FROM "public"."plain" t;

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 20 <> 0),
       count(*) FILTER (WHERE t._rubicon & 10 <> 0),
       count(*) FILTER (WHERE d."c" OR d."b" OR d."d"),
       count(*) FILTER (WHERE d."c"),
       count(*) FILTER (WHERE d."b"),
       count(*) FILTER (WHERE d."d")
FROM "public"."plain" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record) AS "b",
         (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) AS "d"
  OFFSET 0) d;

SELECT encode(sha256(convert_to(string_agg(k, E'\n' ORDER BY k COLLATE "C"), 'UTF8')), 'hex')
FROM (SELECT concat_ws(E'\t', t."id"::text) k
FROM "public"."plain" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record) AS "b",
         (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) AS "d"
  OFFSET 0) d
WHERE d."c" OR d."b" OR d."d"
LIMIT 10000) x;

-- rows disagree: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 20 <> 0),
       count(*) FILTER (WHERE t._rubicon & 10 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record)
         OR (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."plain" t;

-- rows disagree: the first rows that disagree

SELECT ARRAY[t."id"::text],
       ARRAY[coalesce(d."c", false), coalesce(d."b", false), coalesce(d."d", false)]
FROM "public"."plain" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."plain_ceb62d2d_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."plain_ceb62d2d_down_0"(t."c"))::integer)::record) AS "b",
         (t._rubicon & 24 = 0 AND ROW(t."d")::record *<> ROW((rubicon."plain_ceb62d2d_up_1"(t."a"))::text)::record) AS "d"
  OFFSET 0) d
WHERE d."c" OR d."b" OR d."d"
ORDER BY t."id"
LIMIT 5;


-- rows that are still to be filled

SELECT count(*) FROM "public"."keyless" WHERE _rubicon IS NULL;

-- the first batch, which waits for locked rows

UPDATE "public"."keyless" SET _rubicon = 0
WHERE _rubicon IS NULL AND ctid = ANY (ARRAY(
  SELECT ctid FROM "public"."keyless"
  WHERE ctid >= '(0,0)'::tid AND ctid < '(1,0)'::tid AND _rubicon IS NULL
  FOR NO KEY UPDATE));

-- another batch, which skips them

UPDATE "public"."keyless" SET _rubicon = 0
WHERE _rubicon IS NULL AND ctid = ANY (ARRAY(
  SELECT ctid FROM "public"."keyless"
  WHERE ctid >= '(1,0)'::tid AND ctid < '(1,0)'::tid AND _rubicon IS NULL
  FOR NO KEY UPDATE SKIP LOCKED));

-- canonical is closed: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."keyless_76a54015_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."keyless_76a54015_down_0"(t."c"))::integer)::record))
FROM "public"."keyless" t;

-- canonical is closed: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."keyless_76a54015_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."keyless_76a54015_down_0"(t."c"))::integer)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."keyless" t;

-- canonical takes clients: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."keyless_76a54015_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."keyless_76a54015_down_0"(t."c"))::integer)::record))
FROM "public"."keyless" t;

-- canonical takes clients: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."keyless_76a54015_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."keyless_76a54015_down_0"(t."c"))::integer)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."keyless" t;

-- rows disagree: all rows

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."keyless_76a54015_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."keyless_76a54015_down_0"(t."c"))::integer)::record))
FROM "public"."keyless" t;

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE d."c" OR d."b"),
       count(*) FILTER (WHERE d."c"),
       count(*) FILTER (WHERE d."b")
FROM "public"."keyless" t
CROSS JOIN LATERAL (
  SELECT (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."keyless_76a54015_up_0"(t."b"))::integer)::record) AS "c",
         (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."keyless_76a54015_down_0"(t."c"))::integer)::record) AS "b"
  OFFSET 0) d;

-- rows disagree: rows written since

SELECT count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & 4 <> 0),
       count(*) FILTER (WHERE t._rubicon & 2 <> 0),
       count(*) FILTER (WHERE CASE WHEN ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648 THEN (t._rubicon & 6 = 0 AND ROW(t."c")::record *<> ROW((rubicon."keyless_76a54015_up_0"(t."b"))::integer)::record)
         OR (t._rubicon & 2 <> 0 AND ROW(t."b")::record *<> ROW((rubicon."keyless_76a54015_down_0"(t."c"))::integer)::record) END),
       count(*) FILTER (WHERE ((t.xmin::text::bigint - HORIZON) & 4294967295) < 2147483648)
FROM "public"."keyless" t;


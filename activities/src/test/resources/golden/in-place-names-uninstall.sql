DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_0_copied" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_0" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_0" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_1" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_1" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "Sales"."Order's ""Lines";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "Sales"."Order's ""Lines";

ALTER TABLE "Sales"."Order's ""Lines" ALTER COLUMN "Old Name" SET DEFAULT 'it''s'::text;

ALTER TABLE "Sales"."Order's ""Lines"
  DROP COLUMN IF EXISTS "New Name",
  DROP COLUMN IF EXISTS "100% $new",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."orderslines_cd880a3b_sync"();

DROP FUNCTION IF EXISTS rubicon."orderslines_cd880a3b_given"();

DROP FUNCTION IF EXISTS rubicon."orderslines_cd880a3b_up_0";

DROP FUNCTION IF EXISTS rubicon."orderslines_cd880a3b_up_1";

DROP FUNCTION IF EXISTS rubicon."orderslines_cd880a3b_down_0";

DROP FUNCTION IF EXISTS rubicon."orderslines_cd880a3b_down_1";


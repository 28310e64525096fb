DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."prices";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."prices_eur";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."prices_other";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."prices";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."prices_eur";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."prices_other";

DROP TRIGGER IF EXISTS "~rubicon_0_copied" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_0" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_0" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."prices_eur";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."prices_other";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."prices_eur";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."prices_other";

ALTER TABLE "public"."prices" ALTER COLUMN "price" SET DEFAULT 0;

ALTER TABLE "public"."prices"
  DROP COLUMN IF EXISTS "cents",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_sync"();

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_given"();

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_up_0";

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_down_0";

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_default_0";


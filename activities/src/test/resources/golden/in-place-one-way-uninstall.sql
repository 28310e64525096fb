DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."orders";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_0_copied" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_0" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_0" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_1" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_2" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_1" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_3" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_2" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_4" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_3" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_5" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_4" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."orders";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."orders";

ALTER TABLE "public"."orders" ALTER COLUMN "code" SET DEFAULT 'none'::text;

ALTER TABLE "public"."orders"
  DROP COLUMN IF EXISTS "remarks",
  DROP COLUMN IF EXISTS "code_kind",
  DROP COLUMN IF EXISTS "code_number",
  DROP COLUMN IF EXISTS "status",
  DROP COLUMN IF EXISTS "price",
  DROP COLUMN IF EXISTS "price_note",
  DROP COLUMN IF EXISTS "place",
  DROP COLUMN IF EXISTS "token",
  DROP COLUMN IF EXISTS "extra",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_sync"();

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_given"();

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_up_0";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_up_1";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_up_2";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_up_3";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_down_0";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_down_1";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_down_2";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_down_3";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_settled_0";

DROP FUNCTION IF EXISTS rubicon."orders_b1ff54de_late_1";


DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."checks";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_0_copied" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_0" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_0" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_1" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_1" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_2" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_3" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_2" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."checks";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."checks";

ALTER TABLE "public"."checks" ALTER COLUMN "claim_text" SET DEFAULT ''::text;

ALTER TABLE "public"."checks"
  DROP COLUMN IF EXISTS "claim",
  DROP COLUMN IF EXISTS "config_json",
  DROP COLUMN IF EXISTS "gate_ok",
  DROP COLUMN IF EXISTS "day",
  DROP COLUMN IF EXISTS "env",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_sync"();

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_given"();

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_up_0";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_up_1";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_up_2";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_up_3";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_down_0";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_down_1";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_default_1";

DROP FUNCTION IF EXISTS rubicon."checks_7a4ba0f8_settled_0";


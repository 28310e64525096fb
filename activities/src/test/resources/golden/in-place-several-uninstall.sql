DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."people";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."people";

DROP TRIGGER IF EXISTS "!rubicon_0_given" ON "public"."people";

DROP TRIGGER IF EXISTS "~rubicon_0_copied" ON "public"."people";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_0" ON "public"."people";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_1" ON "public"."people";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_0" ON "public"."people";

DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "public"."people";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."people";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."people";

ALTER TABLE "public"."people" ALTER COLUMN "last_name" SET DEFAULT 'unknown'::text;

ALTER TABLE "public"."people"
  DROP COLUMN IF EXISTS "full_name",
  DROP COLUMN IF EXISTS "address",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."people_687a679f_sync"();

DROP FUNCTION IF EXISTS rubicon."people_687a679f_given"();

DROP FUNCTION IF EXISTS rubicon."people_687a679f_up_0";

DROP FUNCTION IF EXISTS rubicon."people_687a679f_up_1";

DROP FUNCTION IF EXISTS rubicon."people_687a679f_down_0";

DROP FUNCTION IF EXISTS rubicon."people_687a679f_down_1";

DROP FUNCTION IF EXISTS rubicon."people_687a679f_down_2";

DROP FUNCTION IF EXISTS rubicon."people_687a679f_default_0";


DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."plain";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."plain";

DROP TRIGGER IF EXISTS "~rubicon_0_copied" ON "public"."plain";

DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "public"."plain";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."plain";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."plain";

ALTER TABLE "public"."plain"
  DROP COLUMN IF EXISTS "more",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."plain_ceb62d2d_sync"();

DROP FUNCTION IF EXISTS rubicon."plain_ceb62d2d_given"();


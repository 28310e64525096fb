DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "public"."plain";

ALTER TABLE "public"."plain"
  DROP COLUMN IF EXISTS "more",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."plain_ceb62d2d_sync"();


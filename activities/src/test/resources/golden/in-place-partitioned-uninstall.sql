DROP TRIGGER IF EXISTS "!rubicon_0_begin_insert" ON "public"."prices";

DROP TRIGGER IF EXISTS "!rubicon_0_begin_update" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_0_copied" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_1_named_canonical_0" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_1_named_legacy_0" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_2_sync" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_3_end_insert" ON "public"."prices";

DROP TRIGGER IF EXISTS "~rubicon_3_end_update" ON "public"."prices";

DO $rubicon$
DECLARE
  one pg_catalog.record;
BEGIN
  FOR one IN SELECT t.tgname, t.tgrelid FROM pg_catalog.pg_trigger t
             WHERE t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY[
                     pg_catalog.to_regproc('rubicon.save_flags')::pg_catalog.oid,
                     pg_catalog.to_regproc('rubicon.restore_flags')::pg_catalog.oid])
               AND pg_catalog.starts_with(
                     pg_catalog.encode(t.tgargs, 'escape'), 'rubicon.omitted_prices_cbcdfb7f\000')
             ORDER BY t.tgrelid, t.tgname LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', one.tgname, one.tgrelid::pg_catalog.regclass);
  END LOOP;
END
$rubicon$;

ALTER TABLE "public"."prices" ALTER COLUMN "price" SET DEFAULT 0;

ALTER TABLE "public"."prices"
  DROP COLUMN IF EXISTS "cents",
  DROP COLUMN IF EXISTS "_rubicon";

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_sync"();

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_given"();

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_up_0";

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_down_0";

DROP FUNCTION IF EXISTS rubicon."prices_cbcdfb7f_default_0";


CREATE FUNCTION rubicon."prices_cbcdfb7f_up_0"("price" numeric, "currency" text) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (price * CASE currency WHEN 'JPY' THEN 1 ELSE 100 END);

CREATE FUNCTION rubicon."prices_cbcdfb7f_default_0"() RETURNS bigint
  LANGUAGE sql VOLATILE
RETURN (0);

CREATE FUNCTION rubicon."prices_cbcdfb7f_down_0"("currency" text, "cents" bigint) RETURNS numeric
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (cents / CASE currency WHEN 'JPY' THEN 1 ELSE 100.0 END);

CREATE OR REPLACE FUNCTION rubicon."prices_cbcdfb7f_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  side text := nullif(pg_catalog.current_setting('rubicon.side', true), '');
  omitted bigint := 0;      -- INSERT: columns that the statement did not name
  named bigint := 0;        -- UPDATE of an unfilled row: columns that the statement names
  unfilled boolean := false;
  marker bigint := 1;
  canonical boolean;        -- this statement wrote the group's canonical side
  legacy boolean;           -- this statement wrote the group's legacy side
  speaks_canonical boolean; -- INSERT: the statement names some canonical column
  wrote_legacy boolean := false;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW._rubicon > 0 THEN
      RETURN NEW;           -- a row on its way to another partition
    ELSIF NEW._rubicon < 0 THEN
      omitted := -(NEW._rubicon + 1);
    ELSE
      omitted := coalesce(nullif(pg_catalog.current_setting('rubicon.omit_prices_cbcdfb7f', true), ''), '0')::bigint;
      IF omitted <> 0 THEN
        PERFORM pg_catalog.set_config('rubicon.omit_prices_cbcdfb7f', '', true);
      END IF;
    END IF;
    speaks_canonical := CASE side WHEN 'canonical' THEN true WHEN 'legacy' THEN false
                        ELSE omitted & 1 <> 1 END;

    -- group 0: cents <-> price
    canonical := omitted & 1 = 0;
    legacy := (NEW."price" IS NOT NULL AND omitted & 2 = 0);
    IF canonical AND legacy AND side = 'legacy' THEN
      canonical := false;
    ELSIF canonical AND legacy AND side = 'canonical' THEN
      legacy := false;
    END IF;
    IF canonical AND legacy THEN
      marker := marker & ~6::bigint | 4;
    ELSIF canonical OR (NOT legacy AND speaks_canonical) THEN
      NEW."price" := rubicon."prices_cbcdfb7f_down_0"(NEW."currency", NEW."cents");
      marker := marker | 2;
    ELSE
      NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    END IF;
    NEW._rubicon := marker;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon = 0 THEN
    NEW := OLD;             -- the backfill: what other triggers changed is taken back
    NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) & 7 | 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;

  -- group 0: cents <-> price
  legacy := ROW(OLD."price")::record *<> ROW(NEW."price")::record;
  canonical := ROW(OLD."cents")::record *<> ROW(NEW."cents")::record
    OR (named & 8 <> 0 AND named & 16 = 0);
  IF legacy AND canonical AND side = 'legacy' THEN
    canonical := false;
  ELSIF legacy AND canonical AND side = 'canonical' THEN
    legacy := false;
  END IF;
  IF canonical AND legacy THEN
    marker := marker & ~6::bigint | 4;
  ELSIF canonical THEN
    NEW."price" := rubicon."prices_cbcdfb7f_down_0"(NEW."currency", NEW."cents");
    marker := marker & ~6::bigint | 2;
  ELSIF legacy OR unfilled THEN
    NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    marker := marker & ~6::bigint;
  ELSIF ROW(OLD."currency")::record *<> ROW(NEW."currency")::record THEN
    IF marker & 2 <> 0 THEN
      NEW."price" := rubicon."prices_cbcdfb7f_down_0"(NEW."currency", NEW."cents");
    ELSIF marker & 4 = 0 THEN
      NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    END IF;
  END IF;
  NEW._rubicon := marker;
  RETURN NEW;
END
$rubicon$;

ALTER TABLE "public"."prices"
  ADD COLUMN "cents" bigint,
  ADD COLUMN _rubicon bigint;

ALTER TABLE "public"."prices"
  ALTER COLUMN "cents" SET DEFAULT rubicon.omitted('rubicon.omit_prices_cbcdfb7f', 1, (0)::bigint),
  ALTER COLUMN "price" SET DEFAULT rubicon.omitted('rubicon.omit_prices_cbcdfb7f', 2, (0)::numeric);

CREATE TRIGGER "~rubicon_1_c0" BEFORE UPDATE OF "cents" ON "public"."prices"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.named('8');

ALTER TABLE "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_1_c0";

CREATE TRIGGER "~rubicon_1_l0" BEFORE UPDATE OF "price" ON "public"."prices"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.named('16');

ALTER TABLE "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_1_l0";

CREATE TRIGGER "~rubicon_2_sync" BEFORE INSERT OR UPDATE ON "public"."prices"
  FOR EACH ROW EXECUTE FUNCTION rubicon."prices_cbcdfb7f_sync"();

ALTER TABLE "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_2_sync";


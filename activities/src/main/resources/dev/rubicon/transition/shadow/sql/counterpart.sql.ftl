[#--
  Statements on the counterpart of a row, for the functions that call these macros: t is the row of
  the other side, row_before and row_now the rows of this side.
--]

[#-- Deletes the counterpart of row_before, or clears the part in it. --]
[#macro clear indent]
[#if part??]
${indent}UPDATE ${target} AS t SET ${part.cleared}
${indent}  WHERE ${other.isBefore};
[#else]
[@letGo indent=indent/]
${indent}DELETE FROM ${target} t WHERE ${other.mineBefore};
[@refuseKept indent=indent/]
[/#if]
[/#macro]

[#-- A trigger of the other side that returns NULL, or a rule, lets a write pass by without an error:
     the client's own side would have it and the other would not, and nobody would know. What the
     statement has deleted may still be there for that reason only. FOUND stays false. --]
[#macro refuseKept indent]
${indent}IF NOT FOUND THEN
${indent}  PERFORM 1 FROM ${target} t WHERE ${other.mineBefore};
${indent}  IF FOUND THEN
[@refusal indent=indent + "    "/]
${indent}  END IF;
${indent}END IF;
[/#macro]

[#macro refusal indent]
${indent}RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', ${targetName}
${indent}  USING ERRCODE = 'triggered_data_change_violation',
${indent}        HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
[/#macro]

[#-- Rows that point at the counterpart of row_before, and are not to any more, let go of it. --]
[#macro letGo indent]
${indent}PERFORM ${letGoOf}(ROW(t.*)::${target}) FROM ${target} t WHERE ${other.mineBefore};
[/#macro]

[#-- The same before an UPDATE that leaves the key, but not what else may be pointed at. --]
[#macro letGoIfReferable indent]
[#if other.referableChanged?has_content]
${indent}IF [#list other.referableChanged as changed]${changed}[#sep]
${indent}   OR [/#sep][/#list] THEN
[@letGo indent=indent + "  "/]
${indent}END IF;
[/#if]
[/#macro]

[#-- The same, with a probe whether the snapshot only hides the counterpart.
     takenAlong: a foreign key may have given it the new key already. --]
[#macro remove indent takenAlong=false]
[@clear indent=indent/]
[#if !part??]
[#if takenAlong]
${indent}IF NOT FOUND AND pg_catalog.textne(key_before, key_now) THEN
${indent}  DELETE FROM ${target} t WHERE ${other.isNow};
${indent}END IF;
[/#if]
${indent}IF NOT FOUND AND frozen_snapshot[#if rows??] AND ${rows.before}[/#if] THEN
[@probeForHidden indent=indent + "  "/]
${indent}END IF;
[/#if]
[/#macro]

[#-- An UPDATE or DELETE does not see a row that was committed after this transaction's snapshot, but
     the unique index does: PostgreSQL raises 40001 and the client tries again, instead of the row
     coming back silently. The key is named, because without it a deferrable constraint of the
     relation would forbid the clause. --]
[#macro probeForHidden indent]
${indent}BEGIN
${indent}  INSERT INTO ${target} AS t (${other.columns})[#if other.overriding] OVERRIDING SYSTEM VALUE[/#if]
${indent}    VALUES (${other.valuesBefore}) ON CONFLICT (${other.key}) DO NOTHING;
${indent}  DELETE FROM ${target} t WHERE ${other.isBefore};
${indent}EXCEPTION WHEN unique_violation OR exclusion_violation OR foreign_key_violation THEN
${indent}  -- The key was free: the snapshot hides no counterpart. But another row has by now what this
${indent}  -- row had, or what it points at is gone.
${indent}  NULL;
${indent}END;
[/#macro]

[#-- mayBeThere: the copy, an earlier event or a part may have brought the row. Where a row with this
     key may belong to another relation, it is at least locked, so that the trigger sees to which. --]
[#macro insert mayBeThere indent]
${indent}INSERT INTO ${target} AS t (${other.columns})[#if other.overriding] OVERRIDING SYSTEM VALUE[/#if]
${indent}  VALUES (${other.valuesNow})
[#if mayBeThere]
${indent}  ON CONFLICT (${other.key}) [#if other.overwritten?has_content]DO UPDATE SET [#list other.overwritten as column]${column} = EXCLUDED.${column}[#sep], [/#list][#else]DO NOTHING[/#if]
[#if other.ours??]
${indent}  WHERE ${other.ours}
[/#if]
[/#if]
${indent}  RETURNING t.* INTO counterpart;
[#if mayBeThere && other.ours??]
${indent}IF NOT FOUND THEN
${indent}  -- The error that the other side's key would raise if ON CONFLICT did not pass over it.
${indent}  RAISE EXCEPTION 'rubicon: % has a row with this key that does not come from %', ${targetName}, TG_TABLE_NAME
${indent}    USING ERRCODE = 'unique_violation';
${indent}END IF;
[#else]
${indent}IF NOT FOUND THEN
[#if mayBeThere && !other.overwritten?has_content]
${indent}  PERFORM 1 FROM ${target} t WHERE ${other.isNow};
${indent}  IF NOT FOUND THEN
[@refusal indent=indent + "    "/]
${indent}  END IF;
[#else]
[@refusal indent=indent + "  "/]
[/#if]
${indent}END IF;
[/#if]
[/#macro]

[#-- Where a foreign key of the other side has given the counterpart another key, and the client's
     statement has not: it gets back the one that it had. Called once key_before is known. --]
[#macro takeBack indent]
[#if takenAlong??]
${indent}taken_along := pg_catalog.current_setting('${takenAlong.theirNotes}', true);
${indent}IF pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.>) 0 THEN
${indent}  taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.+) 32);
${indent}  taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, ':') OPERATOR(pg_catalog.+) 1,
${indent}    pg_catalog.split_part(taken_along, ':', 1)::pg_catalog.int4);
[#list takenAlong.key as column]
${indent}  counterpart.${column.name} := (taken_along::pg_catalog.text[])[${column.at}];
[/#list]
${indent}  PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_before), true);
${indent}  PERFORM pg_catalog.set_config('${guard.keyBefore}', pg_catalog.concat('${way}:', ${takenAlong.keyText}), true);
${indent}  UPDATE ${target} AS t SET [#list takenAlong.key as column]${column.name} = ${column.value}[#sep], [/#list]
${indent}    WHERE ${takenAlong.taken}
${indent}      AND NOT EXISTS (SELECT FROM ${source} f WHERE ${takenAlong.isOthers})
${indent}      AND NOT EXISTS (SELECT FROM ${target} t WHERE ${other.isBefore});
${indent}  counterpart := NULL;
${indent}END IF;
[/#if]
[/#macro]

[#-- Only what changed: a value that the other side wrote itself must not be derived again. --]
[#macro update sets at indent]
[#if sets?has_content]
${indent}UPDATE ${target} AS t SET
[#list sets as set]
${indent}    ${set.column} = [#if set.changed??]CASE WHEN ${set.changed} THEN ${set.value} ELSE t.${set.column} END[#else]${set.value}[/#if][#sep],[/#sep]
[/#list]
${indent}  WHERE ${at}
${indent}  RETURNING t.* INTO counterpart;
[#else]
${indent}SELECT t.* INTO counterpart FROM ${target} t WHERE ${at};
[/#if]
[/#macro]

[#-- Writes all that the part holds into the larger row, which exists. --]
[#macro setWholePart indent]
${indent}UPDATE ${target} AS t SET
[#list part.sets as set]
${indent}    ${set.column} = ${set.value}[#sep],[/#sep]
[/#list]
${indent}  WHERE ${other.isNow}
${indent}  RETURNING t.* INTO counterpart;
[/#macro]

[#-- The larger row may be missing: in canonical because the backfill has not copied it, in legacy
     because one statement writes both and the part's trigger fires first. Then it is inserted now,
     unless a client is changing its key: that client's trigger creates the row, and the backfill adds
     the part. --]
[#macro bringLargerRow indent]
${indent}IF NOT FOUND THEN
${indent}  DECLARE
${indent}    outer_guard_key_of_row pg_catalog.text := coalesce(pg_catalog.current_setting('${part.whole.guardKey}', true), '');
${indent}    key_is_changing boolean := false;
${indent}  BEGIN
[#list part.whole.key as set]
${indent}    counterpart.${set.column} := ${set.value};
[/#list]
[#if part.whole.toCanonical]
${indent}    key_is_changing := EXISTS (SELECT FROM ${part.whole.source} f WHERE ${part.whole.isCounterpart});
[/#if]
${indent}    PERFORM pg_catalog.set_config('${part.whole.guardKey}', 'copy', true);
${indent}    INSERT INTO ${part.whole.target} AS t (${part.whole.columns})[#if part.whole.overriding] OVERRIDING SYSTEM VALUE[/#if]
${indent}    SELECT ${part.whole.values} FROM ${part.whole.source} f WHERE ${part.whole.isCounterpart}
[#if part.whole.toCanonical]
${indent}    FOR KEY SHARE OF f SKIP LOCKED
[/#if]
${indent}    ON CONFLICT (${part.whole.primaryKey}) DO NOTHING;
${indent}    PERFORM pg_catalog.set_config('${part.whole.guardKey}', outer_guard_key_of_row, true);
[@setWholePart indent=indent + "    "/]
${indent}    IF NOT (FOUND OR key_is_changing) THEN
${indent}      RAISE EXCEPTION 'rubicon: % has no row of which this one in % could be a part', ${part.whole.name}, TG_TABLE_NAME
${indent}        USING ERRCODE = CASE WHEN frozen_snapshot THEN 'serialization_failure' ELSE 'foreign_key_violation' END,
${indent}              HINT = 'insert that row first';
${indent}    END IF;
${indent}  END;
${indent}END IF;
[/#macro]

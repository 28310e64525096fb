[#--
  The row trigger of one side: it writes to the other side what a client has written on this one.

  An event only says that a key was written; the trigger reads the row as it is now, because some of
  a statement's events come late, after users' triggers have written the same row again.

  Throughout: f is a row of this side (the view source), t a row of the other side (the view
  target), OLD and NEW are the event's. While the trigger writes the other side, two settings hold
  the key that it writes and the key that the row had; the other side's triggers do not fire for
  these, so that nothing is sent back.

  What is done to the counterpart, statement by statement, is in counterpart.sql.ftl.

  A "part": a row of this side is no row of its own on the other side, but columns of a larger row.
--]
[#import "counterpart.sql.ftl" as counterpart]
[#import "home.sql.ftl" as homes]
[#import "exact.sql.ftl" as exact]
CREATE OR REPLACE FUNCTION ${function}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  row_before  ${source}%ROWTYPE;  -- the row as it was
  row_now     ${source}%ROWTYPE;  -- the row as it is now
  counterpart ${target}%ROWTYPE;  -- the other side's row, as its own triggers left it
  outer_guard_key        pg_catalog.text := coalesce(pg_catalog.current_setting('${guard.key}', true), '');
  outer_guard_key_before pg_catalog.text := coalesce(pg_catalog.current_setting('${guard.keyBefore}', true), '');
  moved_key_setting      pg_catalog.text := '${moved.key}';
  moved_row_setting      pg_catalog.text := '${moved.row}';
  key_before      pg_catalog.text;  -- of the counterpart, as text
  key_now         pg_catalog.text;
  isolation       pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  frozen_snapshot boolean := pg_catalog.texteq(isolation, 'repeatable read')
                             OR pg_catalog.texteq(isolation, 'serializable');
[#if takenAlong??]
  taken_along     pg_catalog.text;  -- what became of the counterpart's key
[/#if]
[#if moves??]
  -- Events of one statement come at one depth. Its statement triggers are of that depth too, or of
  -- the next, if a foreign key's trigger runs it.
  depth           integer := pg_catalog.pg_trigger_depth();
  statements      pg_catalog.text := coalesce(pg_catalog.current_setting('${moves.statements}', true), '');
  this_statement  pg_catalog.text := pg_catalog.concat('(', depth, '|', depth OPERATOR(pg_catalog.+) 1, ');');
  waiting_delete  pg_catalog.text[];
[/#if]
BEGIN
[@homes.refuse home=home/]
[#if legacyWrite??]
  -- Notes for contract which applications still write legacy, once per session and minute.
  key_before := pg_catalog.concat(
    pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
    pg_catalog.current_setting('application_name'));
  IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('${legacyWrite.noted}', true), ''), key_before)
[#if family??]
     AND NOT (pg_catalog.textne(TG_OP, 'DELETE') AND (${family.writesNew})
              OR pg_catalog.texteq(TG_OP, 'DELETE') AND (${family.writesOld}))
[/#if]
  THEN
    PERFORM pg_catalog.set_config('${legacyWrite.noted}', key_before, false);
    PERFORM rubicon.note_legacy_write(${legacyWrite.relation}, pg_catalog.current_setting('application_name'));
  END IF;
[/#if]
  -- A foreign key of this side carries on what the engine does here for a client of the other side,
  -- and the next one would go on from here: what does not point here any more lets go first.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') AND [#if event.referableChanged??](pg_catalog.textne(${event.oldKey}, ${event.newKey})
     OR ${event.referableChanged})[#else]pg_catalog.textne(${event.oldKey}, ${event.newKey})[/#if] THEN
    IF pg_catalog.starts_with(outer_guard_key, '${wayBack}:')[#list otherGuardKeys as other]
       OR pg_catalog.starts_with(coalesce(pg_catalog.current_setting('${other}', true), ''), '${wayBack}:')[/#list] THEN
      SELECT ${event.oldColumns} INTO row_before;
      PERFORM ${letGoHere}(row_before);
      row_before := NULL;
    END IF;
  END IF;
[#if family??]
  -- Another transition's trigger deletes this row, or changes its key, for a client of the other
  -- side. A foreign key there, from the counterpart to the client's row, decides what happens to the
  -- counterpart: acting first would delete rows in a statement that the foreign key forbids.
  IF pg_catalog.texteq(TG_OP, 'DELETE') AND (${family.writesOld})
     OR pg_catalog.texteq(TG_OP, 'UPDATE') AND (${family.writesNew}) AND pg_catalog.textne(${event.oldKey}, ${event.newKey}) THEN
    PERFORM 1 FROM pg_catalog.pg_constraint c
      WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
        AND c.conrelid OPERATOR(pg_catalog.=) ${family.targetOid}::pg_catalog.oid
        AND c.confrelid OPERATOR(pg_catalog.=) ANY (ARRAY[${family.siblingOids}]);
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
[/#if]
[#if part??]
  -- The engine changes the key of the larger row beside this part, for a client of the other side,
  -- and a foreign key between them changes the part's key as well. No client of this side wrote it:
  -- sent to the other side, it would bring back what the client there has just overwritten.
  IF pg_catalog.texteq(TG_OP, 'UPDATE')
     AND pg_catalog.textne(${event.oldKey}, ${event.newKey})
     AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('${part.whole.guardKeyBefore}', true), ''), pg_catalog.concat('${wayBack}:', ${event.oldKey}))
     AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('${part.whole.guardKey}', true), ''), pg_catalog.concat('${wayBack}:', ${event.newKey})) THEN
    RETURN NULL;
  END IF;
[/#if]
[#if moves??]
  -- A DELETE may wait for the INSERT that shows it to be a move between partitions. Any other event
  -- of the same statement ends the wait, and so does one of a nested statement, if the DELETE is not
  -- certainly a move or the event has the same key. If waiting_delete is still set after the loop,
  -- this INSERT moves that row to another partition.
  FOR d IN 1 .. depth LOOP
    key_before := pg_catalog.current_setting(pg_catalog.concat('${moves.waitingDelete}_', d), true);
    waiting_delete := CASE WHEN pg_catalog.textne(key_before, '') THEN key_before::pg_catalog.text[] END;
    IF waiting_delete IS NOT NULL AND (CASE
         WHEN d OPERATOR(pg_catalog.=) depth
           THEN pg_catalog.textne(TG_OP, 'INSERT') OR pg_catalog.texteq(waiting_delete[1], TG_RELID::pg_catalog.text)
         WHEN pg_catalog.texteq(TG_OP, 'DELETE') THEN pg_catalog.texteq(waiting_delete[2], 'maybe')
         ELSE pg_catalog.texteq(waiting_delete[2], 'maybe') OR pg_catalog.texteq(waiting_delete[3], ${event.newKey})
       END) THEN
      PERFORM ${moves.carryOut}(d);
      waiting_delete := NULL;
    END IF;
  END LOOP;
[/#if]

  ---- A row that is gone ----
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions, a DELETE and an INSERT: the row exists, and the INSERT is followed.
    PERFORM 1 FROM ${source} f WHERE ${event.isOld};
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key_setting, ${event.oldKey}, true);
[@exact.as_text indent="      "]
        PERFORM pg_catalog.set_config(moved_row_setting, ROW(${event.oldColumns})::pg_catalog.text, true);
[/@exact.as_text]
      RETURN NULL;
    END IF;
    SELECT ${event.oldColumns} INTO row_before;
[#if moves??]
    -- Within an UPDATE this may be a move to another partition with another key: wait for the INSERT.
    IF pg_catalog.textregexeq(statements, pg_catalog.concat('U', this_statement))
       AND NOT (pg_catalog.textregexeq(statements, pg_catalog.concat('D', this_statement))
                AND pg_catalog.textregexeq(statements, pg_catalog.concat('I', this_statement))) THEN
[@exact.as_text indent="      "]
        PERFORM pg_catalog.set_config(
          pg_catalog.concat('${moves.waitingDelete}_', depth),
          ARRAY[TG_RELID::pg_catalog.text,
                CASE WHEN pg_catalog.textregexeq(statements, pg_catalog.concat('D', this_statement)) THEN 'maybe' ELSE 'yes' END,
                ${event.oldKey},
                ROW(${event.oldColumns})::pg_catalog.text]::pg_catalog.text,
          true);
[/@exact.as_text]
      RETURN NULL;
    END IF;
[/#if]
[#if pairs.before?has_content]
    -- The snapshot does not show a younger pair of keys either: inserting it again raises 40001.
    IF frozen_snapshot THEN
[#list pairs.before as pair]
      PERFORM ${pair};
[/#list]
    END IF;
[/#if]
    key_before := ${other.keyBefore};
    [@counterpart.takeBack indent="    "/]
    PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_before), true);
    PERFORM pg_catalog.set_config('${guard.keyBefore}', '', true);
    [@counterpart.remove indent="    "/]
    PERFORM pg_catalog.set_config('${guard.key}', outer_guard_key, true);
    PERFORM pg_catalog.set_config('${guard.keyBefore}', outer_guard_key_before, true);
    RETURN NULL;
  END IF;

  ---- The row now, and the row before ----
  IF frozen_snapshot THEN
    PERFORM 1 FROM ${source} f WHERE ${event.isNew} OFFSET 1;
    IF FOUND THEN
      -- The snapshot still shows another client's row, which has left this key since: raises 40001.
      PERFORM 1 FROM ${source} f WHERE ${event.isNew} FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO row_now FROM ${source} f WHERE ${event.isNew};
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- deleted or moved again within the statement; that event is followed
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT ${event.oldColumns} INTO row_before;
  ELSIF pg_catalog.current_setting(moved_key_setting, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key_setting, true), ${event.newKey}) THEN
    row_before := pg_catalog.current_setting(moved_row_setting, true)::${source};
    PERFORM pg_catalog.set_config(moved_key_setting, '', true);
    PERFORM pg_catalog.set_config(moved_row_setting, '', true);
[#if moves??]
  ELSIF waiting_delete IS NOT NULL THEN
    row_before := waiting_delete[4]::${source};
    PERFORM pg_catalog.set_config(pg_catalog.concat('${moves.waitingDelete}_', depth), '', true);
[/#if]
  END IF;
[#if pairs.now?has_content]
  -- A key that has no counterpart yet gets one; NULL stays NULL.
[#list pairs.now as pair]
  PERFORM ${pair};
[/#list]
  IF frozen_snapshot THEN
[#list pairs.before as pair]
    PERFORM ${pair};
[/#list]
  END IF;
[/#if]
  IF row_now.${event.keyColumn} IS NULL THEN
    -- Written once more within the statement, with another key: only the old counterpart is cleared.
    PERFORM 1 FROM ${source} f WHERE ${event.isBefore};
    IF NOT FOUND THEN
      key_before := ${other.keyBefore};
      PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_before), true);
      [@counterpart.clear indent="      "/]
      PERFORM pg_catalog.set_config('${guard.key}', outer_guard_key, true);
    END IF;
    RETURN NULL;
  END IF;

  ---- A row that is new ----
  key_now := ${other.keyNow};
  IF row_before.${event.keyColumn} IS NULL THEN
[#if rows??]
    IF NOT ${rows.now} THEN
      RETURN NULL;  -- it has no counterpart
    END IF;
[/#if]
    PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_now), true);
    PERFORM pg_catalog.set_config('${guard.keyBefore}', '', true);
[#if part??]
    [@counterpart.setWholePart indent="    "/]
    [@counterpart.bringLargerRow indent="    "/]
[#else]
    [@counterpart.insert mayBeThere=other.mayBeThere indent="    "/]
[/#if]

  ---- A row that has changed ----
  ELSE
    key_before := ${other.keyBefore};
    IF pg_catalog.texteq(key_before, key_now) AND NOT (
      [#list other.inputsChanged as changed]${changed}[#sep]
      OR [/#sep][#else]false[/#list][#if rows??]
      OR ${rows.before} OPERATOR(pg_catalog.<>) ${rows.now}[/#if][#if checks.keyRespelt??]
      OR ${checks.keyRespelt}[/#if]) THEN
      RETURN NULL;  -- nothing changed that the other side holds
    END IF;
    [@counterpart.takeBack indent="    "/]
    PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_now), true);
    PERFORM pg_catalog.set_config('${guard.keyBefore}', pg_catalog.concat('${way}:', key_before), true);
[#if rows??]
    -- With its new values the row has no counterpart any more.
    IF ${rows.before} AND NOT ${rows.now} THEN
      PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_before), true);
      PERFORM pg_catalog.set_config('${guard.keyBefore}', pg_catalog.concat('${way}:', key_now), true);
      [@counterpart.remove indent="      " takenAlong=other.keyFollows/]
      PERFORM pg_catalog.set_config('${guard.key}', outer_guard_key, true);
      PERFORM pg_catalog.set_config('${guard.keyBefore}', outer_guard_key_before, true);
      RETURN NULL;
    END IF;
[/#if]
    IF pg_catalog.texteq(key_before, key_now) THEN
[#if part?? && rows??]
      IF ${rows.before} THEN
        [@counterpart.update sets=other.changes at=other.mineBefore indent="        "/]
      ELSE
        -- The row is a part only since this UPDATE: all that the part holds is written.
        [@counterpart.setWholePart indent="        "/]
      END IF;
[#else]
      [@counterpart.letGoIfReferable indent="      "/]
      [@counterpart.update sets=other.changes at=other.mineBefore indent="      "/]
[/#if]
    ELSE
[#if part??]
      -- The part moves from one larger row to another, and the trigger writes both. Or the larger row
      -- has got another key, and a foreign key has changed the part's: then it holds the part already.
      PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_before), true);
      [@counterpart.clear indent="      "/]
      PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_now), true);
[#if part.held??]
      PERFORM 1 FROM ${target} t WHERE ${other.isNow} AND ${part.held};
      IF FOUND THEN
        [@counterpart.update sets=other.changes at=other.mineNow indent="        "/]
      ELSE
        [@counterpart.setWholePart indent="        "/]
      END IF;
[#else]
      [@counterpart.setWholePart indent="      "/]
[/#if]
[#else]
      [@counterpart.letGo indent="      "/]
      [@counterpart.update sets=other.changesWithKey at=other.mineBefore indent="      "/]
[#if other.keyFollows]
      -- A foreign key has given the counterpart the new key already.
      IF NOT FOUND THEN
        [@counterpart.update sets=other.changes at=other.mineNow indent="        "/]
      END IF;
[/#if]
[/#if]
    END IF;
[#if part??]
    [@counterpart.bringLargerRow indent="    "/]
[#else]
    -- There is no counterpart: it is inserted, after a probe whether the snapshot only hides it.
    IF NOT FOUND[#if rows??] AND ${rows.now}[/#if] THEN
      -- A foreign key of this side has changed the row, because the engine carries out here what a
      -- client of the other side does (copy: a TRUNCATE). The same statement has deleted the
      -- counterpart, or given it another key, and that event is followed: inserted here, the row
      -- would come back. That event finds in the note what became of this row's key.
      IF [#if rows??]${rows.before} AND [/#if](pg_catalog.starts_with(outer_guard_key, '${wayBack}:')[#list otherGuardKeys as other]
          OR pg_catalog.textregexeq(coalesce(pg_catalog.current_setting('${other}', true), ''), '^(copy$|${wayBack}:)')[/#list]) THEN
        IF pg_catalog.textne(${event.beforeKey}, ${event.nowKey}) THEN
[@exact.as_text indent="          "]
            taken_along := ${takenAlong.keyNow};
[/@exact.as_text]
          PERFORM pg_catalog.set_config('${takenAlong.notes}', pg_catalog.concat(
            pg_catalog.md5(${event.beforeKey}), pg_catalog.length(taken_along), ':', taken_along,
            pg_catalog.current_setting('${takenAlong.notes}', true)), true);
        END IF;
        PERFORM pg_catalog.set_config('${guard.key}', outer_guard_key, true);
        PERFORM pg_catalog.set_config('${guard.keyBefore}', outer_guard_key_before, true);
        RETURN NULL;
      END IF;
      IF frozen_snapshot[#if other.keyIsIdentity] AND pg_catalog.textne(key_before, key_now)[/#if][#if rows??] AND ${rows.before}[/#if] THEN
        PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_before), true);
        [@counterpart.probeForHidden indent="        "/]
        PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_now), true);
      END IF;
      [@counterpart.insert mayBeThere=true indent="      "/]
    END IF;
[/#if]
  END IF;

[#if checks.leadsBack??]
  -- A key that is computed, or that a trigger of the other side has changed, must lead back to this
  -- row; otherwise it is the key of another row, which may exist.
  IF NOT (${checks.leadsBack}) THEN
    RAISE EXCEPTION 'rubicon: a key in % does not come back from % as it is', TG_TABLE_NAME, ${targetName}
      USING ERRCODE = 'check_violation';
  END IF;
[/#if]
[#if checks.staysOurs??]
  -- A row whose columns say that it belongs to another relation would be in both, and each of them
  -- would get the other's writes.
  IF counterpart.${other.keyColumn} IS NOT NULL AND NOT ${checks.staysOurs} THEN
    RAISE EXCEPTION 'rubicon: by its columns a row of % would not be one of its rows in %', TG_TABLE_NAME, ${targetName}
      USING ERRCODE = 'check_violation';
  END IF;
[/#if]
[#if checks.readBack?has_content]
  -- Writes back what the other side's own triggers made of the row, where it is neither what this
  -- trigger wrote nor leads back to the row as it is. A row without a counterpart is left alone.
  IF counterpart.${other.keyColumn} IS NOT NULL AND ([#list checks.readBack as column](${column.disagrees})[#sep]
     OR [/#sep][/#list]) THEN
    PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${wayBack}:', ${event.nowKey}), true);
    PERFORM pg_catalog.set_config('${guard.keyBefore}', '', true);
    UPDATE ${source} AS t SET
[#list checks.readBack as column]
      ${column.column} = CASE WHEN ${column.disagrees} THEN ${column.value} ELSE t.${column.column} END[#sep],[/#sep]
[/#list]
    WHERE ${event.isNow};
  END IF;
[/#if]
  PERFORM pg_catalog.set_config('${guard.key}', outer_guard_key, true);
  PERFORM pg_catalog.set_config('${guard.keyBefore}', outer_guard_key_before, true);
  RETURN NULL;
END
$rubicon$

[#--
  The trigger function of one in-place transition: it fires last of all BEFORE triggers, for each
  row of an INSERT or UPDATE. SyncFunction and SyncGroup fill the slots:

    column.given      INSERT: whether the statement gives the column a value
    column.written    UPDATE: whether the statement writes the column
    column.derived    what up (or down) makes of the new row; column.derivedFromOld of the old row
    canonicalDerived  the group's canonical columns with an up; canonical: all of them
    legacyDerived     the group's legacy columns with a down; legacy: all of them
    legacyOnly        the group's legacy columns that the canonical shape does not have
    nullable          the columns with a flag: what a whole row leaves NULL is not given
    capturesEarly     given.sql.ftl has noted what the statement gives or changes
    canonicalRules    false before the cutover: what a writer sets on both sides stands;
                      true after it: canonical wins, and legacy writes are noted
--]
CREATE OR REPLACE FUNCTION rubicon.${function}() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- Keeps the legacy and the canonical columns of a table in step. Columns that are derived from each
-- other form a group. The column _rubicon holds the state of a row: NULL until the backfill or a
-- client has filled its canonical columns, then 1 plus, for each group,
--   the first number   when canonical wrote last: legacy is what down gives
--   the second number  when one statement wrote both sides: both stand as written
[#list groups as group]
--   ${group.canonicalWrote}, ${group.bothSet}: group ${group.index}, ${group.columns}
[/#list]
DECLARE
  side pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.side', true), '');
  omitted bigint := 0;        -- INSERT: a bit for each column that the statement gives no value
  flags pg_catalog.text;                 -- what defaults have noted of this row
  place pg_catalog.text;                 -- the statement that the trigger runs in
[#if !canonicalRules]
  copied bigint;              -- INSERT of a whole row, copied from another: that row's marker
[/#if]
  named bigint := 0;          -- UPDATE of an unfilled row: a bit for each column that it names
[#if capturesEarly]
  changed bigint := 0;        -- UPDATE: a bit for each column that the statement changes
[/#if]
  unfilled boolean := false;  -- UPDATE: the canonical columns are not filled yet
  marker bigint := 1;         -- becomes _rubicon
  canonical_written boolean;  -- the statement writes the group's canonical side
  legacy_written boolean;     -- the statement writes the group's legacy side
  names_canonical boolean;    -- INSERT: the statement names some canonical column
  note_legacy boolean := false;  -- the statement counts on what contract ends: it writes columns that
                              -- only legacy has, or what canonical is derived from and not canonical
BEGIN
  IF pg_catalog.texteq(TG_OP, 'INSERT') THEN
    -- Defaults raised a flag for each column that the statement does not name, and one for the
    -- marker: a statement that names that inserts a whole row, columns that it does not know
    -- included, so what is NULL there is not given.
[#if partitioned]
    IF NEW._rubicon OPERATOR(pg_catalog.>) 0
       AND pg_catalog.texteq(pg_catalog.current_setting(${movingSetting}, true), ${movingRow}) THEN
      PERFORM pg_catalog.set_config(${movingSetting}, '', true);
[#if capturesEarly]
      -- Not new: an UPDATE moves the row to another partition. There the owner's triggers have fired
      -- once more, on what that UPDATE derived: the side that was written stays.
[#list groups as group]

      -- group ${group.index}: ${group.columns}
      IF NEW._rubicon OPERATOR(pg_catalog.&) ${group.canonicalWrote} OPERATOR(pg_catalog.<>) 0 THEN
      [#list group.legacyDerived as column]
        NEW.${column.name} := ${column.derived};
      [#else]
        NULL;  -- no down: legacy stays as it is
      [/#list]
      ELSIF NEW._rubicon OPERATOR(pg_catalog.&) ${group.bothSet} OPERATOR(pg_catalog.=) 0 THEN
      [#list group.canonicalDerived as column]
        NEW.${column.name} := ${column.derived};
      [#else]
        NULL;  -- no up: canonical stays as it is
      [/#list]
      END IF;
[/#list]
      RETURN NEW;
[#else]
      RETURN NEW;  -- not new: an UPDATE moves the row to another partition
[/#if]
    END IF;
[/#if]
    IF NEW._rubicon OPERATOR(pg_catalog.<) 0 THEN
      omitted := OPERATOR(pg_catalog.~) NEW._rubicon;  -- noted before the owner's triggers
    ELSE
      flags := pg_catalog.current_setting(${omittedSetting}, true);
      IF pg_catalog.textne(flags, '') THEN
        PERFORM pg_catalog.set_config(${omittedSetting}, '', true);
      ELSE
        flags := NULL;
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) ${markerFlag} OPERATOR(pg_catalog.<>) 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := [#list nullable as column]CASE WHEN NEW.${column.name} IS NULL THEN ${column.bit} ELSE 0 END[#sep]
          OPERATOR(pg_catalog.|) [/#sep][#else]0[/#list];
[#if !canonicalRules]
        copied := NEW._rubicon;
[/#if]
[#if loneDefaults?has_content]
        IF NEW._rubicon IS NULL THEN
          -- Columns that legacy knows nothing of: what is not given is the default. A row that was
          -- copied from another has its own.
[#list loneDefaults as column]
          NEW.${column.name} := coalesce(NEW.${column.name}, ${column.value});
[/#list]
        END IF;
[/#if]
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) ${canonicalBits} OPERATOR(pg_catalog.<>) ${canonicalBits}
                       END;
[#list groups as group]

    -- group ${group.index}: ${group.columns}
    canonical_written := [#list group.canonical as column]${column.given}[#sep]
      OR [/#sep][/#list];
    legacy_written := [#list group.legacy as column]${column.given}[#sep]
      OR [/#sep][/#list];
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
[#if !canonicalRules]
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) ${group.bothSet} OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) ${group.canonicalWrote} OPERATOR(pg_catalog.<>) 0[#list group.legacyDerived as column]
         AND ROW(NEW.${column.name})::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(${column.derived}::${column.type})::pg_catalog.record[/#list] THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
[/#if]
    END IF;
    IF canonical_written AND legacy_written THEN
    [#if group.severalCanonical || group.severalLegacy]
      -- The columns that the statement leaves alone follow the other side.
    [/#if]
    [#if group.severalCanonical]
    [#list group.canonicalDerived as column]
      IF NOT (${column.given}) THEN
        NEW.${column.name} := ${column.derived};
      END IF;
    [/#list]
    [/#if]
    [#if group.severalLegacy]
    [#list group.legacyDerived as column]
      IF NOT (${column.given}) THEN
        NEW.${column.name} := ${column.derived};
      END IF;
    [/#list]
    [/#if]
    [#if !canonicalRules || !group.legacyDerived?has_content]
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint OPERATOR(pg_catalog.|) ${group.bothSet};
    [#elseif group.canonicalDerived?has_content]
      -- Both sides stay as written only if they agree; otherwise canonical wins.
      IF [#list group.canonicalDerived as column]ROW(NEW.${column.name})::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(${column.derived}::${column.type})::pg_catalog.record[#sep]
         AND [/#sep][/#list] THEN
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint;
      ELSE
      [#list group.legacyDerived as column]
        NEW.${column.name} := ${column.derived};
      [/#list]
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint OPERATOR(pg_catalog.|) ${group.canonicalWrote};
      END IF;
    [#else]
      -- Whether they agree cannot be computed: canonical wins.
      [#list group.legacyDerived as column]
      NEW.${column.name} := ${column.derived};
      [/#list]
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint OPERATOR(pg_catalog.|) ${group.canonicalWrote};
    [/#if]
    ELSIF canonical_written[#if group.ownDefault] OR (NOT legacy_written AND names_canonical)[/#if] THEN
    [#list group.legacyDerived as column]
      NEW.${column.name} := ${column.derived};
    [#else]
      NULL;  -- no down: legacy stays as it is
    [/#list]
      marker := marker OPERATOR(pg_catalog.|) ${group.canonicalWrote};
    ELSE
    [#list group.canonicalDerived as column]
      NEW.${column.name} := ${column.derived};
    [#else]
      NULL;  -- no up: canonical stays as it is
    [/#list]
    END IF;
    [#if canonicalRules && (group.legacyOnly?has_content || group.legacyShared && group.canonicalDerived?has_content)]
    note_legacy := note_legacy OR (legacy_written[#if group.legacyShared] AND ([#list group.legacyOnly as column]${column.given} OR [/#list][#if group.canonicalDerived?has_content]NOT canonical_written[#else]false[/#if])[/#if]);
    [/#if]
[/#list]

    NEW._rubicon := marker;
[#if canonicalRules]
    IF note_legacy THEN
      -- Notes which applications still write legacy, once per session and minute.
      DECLARE
        slot pg_catalog.text := pg_catalog.concat(
          pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
          pg_catalog.current_setting('application_name'));
      BEGIN
        IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting(${notedSetting}, true), ''), slot) THEN
          PERFORM pg_catalog.set_config(${notedSetting}, slot, false);
          PERFORM rubicon.note_legacy_write(${relation}, pg_catalog.current_setting('application_name'));
        END IF;
      END;
    END IF;
[/#if]
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
[#list groups as group]
  [#list group.canonicalDerived as column]
    NEW.${column.name} := ${column.derived};
  [/#list]
[/#list]
[#list lateDefaults as column]
    NEW.${column.name} := coalesce(NEW.${column.name}, ${column.value});
[/#list]
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.note_named() put into _rubicon what it names.
[#if capturesEarly]
  -- Below zero it is a note of "!rubicon_0_given" from a time when this trigger was switched off.
  unfilled := coalesce(OLD._rubicon, -1) OPERATOR(pg_catalog.<) 0;
  marker := CASE WHEN unfilled THEN 0 ELSE OLD._rubicon END OPERATOR(pg_catalog.&) ${markerBits} OPERATOR(pg_catalog.|) 1;
[#else]
  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) OPERATOR(pg_catalog.&) ${markerBits} OPERATOR(pg_catalog.|) 1;
[/#if]
[#if capturesEarly]
  IF NEW._rubicon OPERATOR(pg_catalog.<) 0 THEN
    changed := OPERATOR(pg_catalog.~) NEW._rubicon;  -- noted before the owner's triggers, with what note_named() has added
    IF unfilled THEN
      named := changed;
    END IF;
  ELSIF unfilled THEN
[#else]
  IF unfilled THEN
[/#if]
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := pg_catalog.current_setting(${omittedSetting}, true);
  IF pg_catalog.textne(flags, '') THEN
    -- SET column = DEFAULT raised them: they are no INSERT's.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags(${omittedSetting}, ${outerSetting}, place);
  END IF;
[#list groups as group]

  -- group ${group.index}: ${group.columns}
  legacy_written := ${group.legacyChanged};
  canonical_written := ${group.canonicalChanged}
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) ${group.canonicalNamed} OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) ${group.legacyNamed} OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
  [#if group.severalCanonical || group.severalLegacy]
    -- The columns that the statement leaves alone follow the other side.
  [/#if]
  [#if group.severalCanonical]
  [#list group.canonicalDerived as column]
    IF NOT (${column.written}) THEN
      NEW.${column.name} := ${column.derived};
    END IF;
  [/#list]
  [/#if]
  [#if group.severalLegacy]
  [#list group.legacyDerived as column]
    IF NOT (${column.written}) THEN
      NEW.${column.name} := ${column.derived};
    END IF;
  [/#list]
  [/#if]
  [#if !canonicalRules || !group.legacyDerived?has_content]
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint OPERATOR(pg_catalog.|) ${group.bothSet};
  [#elseif group.canonicalDerived?has_content]
    -- Both sides stay as written only if they agree; otherwise canonical wins.
    IF [#list group.canonicalDerived as column]ROW(NEW.${column.name})::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(${column.derived}::${column.type})::pg_catalog.record[#sep]
       AND [/#sep][/#list] THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint;
    ELSE
    [#list group.legacyDerived as column]
      NEW.${column.name} := ${column.derived};
    [/#list]
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint OPERATOR(pg_catalog.|) ${group.canonicalWrote};
    END IF;
  [#else]
    -- Whether they agree cannot be computed: canonical wins.
    [#list group.legacyDerived as column]
    NEW.${column.name} := ${column.derived};
    [/#list]
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint OPERATOR(pg_catalog.|) ${group.canonicalWrote};
  [/#if]
  ELSIF canonical_written THEN
  [#if group.severalCanonical && group.canonicalDerived?has_content]
    IF unfilled THEN
      -- The canonical columns that the statement leaves alone still need their first value.
    [#list group.canonicalDerived as column]
      IF NOT (${column.written}) THEN
        NEW.${column.name} := ${column.derivedFromOld};
      END IF;
    [/#list]
    END IF;
  [/#if]
  [#list group.legacyDerived as column]
    NEW.${column.name} := ${column.derived};
  [#else]
    NULL;  -- no down: legacy stays as it is
  [/#list]
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint OPERATOR(pg_catalog.|) ${group.canonicalWrote};
  ELSIF legacy_written OR unfilled THEN
  [#list group.canonicalDerived as column]
    NEW.${column.name} := ${column.derived};
  [#else]
    NULL;  -- no up: canonical stays as it is
  [/#list]
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) ${group.mask}::bigint;
  [#if group.sharedChanged??]
  ELSIF ${group.sharedChanged} THEN
    -- A column that both shapes have: the side that wrote last stays, the other follows.
    IF marker OPERATOR(pg_catalog.&) ${group.canonicalWrote} OPERATOR(pg_catalog.<>) 0 THEN
    [#list group.legacyDerived as column]
      NEW.${column.name} := ${column.derived};
    [#else]
      NULL;  -- no down: legacy stays as it is
    [/#list]
    ELSIF marker OPERATOR(pg_catalog.&) ${group.bothSet} OPERATOR(pg_catalog.=) 0 THEN
    [#list group.canonicalDerived as column]
      NEW.${column.name} := ${column.derived};
    [#else]
      NULL;  -- no up: canonical stays as it is
    [/#list]
    END IF;
  [/#if]
  END IF;
  [#if canonicalRules && (group.legacyOnly?has_content || group.legacyShared && group.canonicalDerived?has_content)]
  note_legacy := note_legacy OR (legacy_written[#if group.legacyShared] AND ([#list group.legacyOnly as column](${column.written}) OR [/#list][#if group.canonicalDerived?has_content](NOT canonical_written
      AND ROW([#list group.canonicalDerived as column]OLD.${column.name}[#sep], [/#sep][/#list])::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW([#list group.canonicalDerived as column]NEW.${column.name}[#sep], [/#sep][/#list])::pg_catalog.record)[#else]false[/#if])[/#if]);
  [/#if]
[/#list]
[#if lateDefaults?has_content]

  -- Columns that only canonical has, with a volatile default.
[/#if]
[#list lateDefaults as column]
  IF unfilled THEN
    NEW.${column.name} := coalesce(NEW.${column.name}, ${column.value});
  END IF;
[/#list]

  NEW._rubicon := marker;
[#if partitioned]
  -- An UPDATE that moves the row to another partition inserts it there.
  PERFORM pg_catalog.set_config(${movingSetting}, ${movingRow}, true);
[/#if]
[#if canonicalRules]
  IF note_legacy THEN
    -- Notes which applications still write legacy, once per session and minute.
    DECLARE
      slot pg_catalog.text := pg_catalog.concat(
        pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
        pg_catalog.current_setting('application_name'));
    BEGIN
      IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting(${notedSetting}, true), ''), slot) THEN
        PERFORM pg_catalog.set_config(${notedSetting}, slot, false);
        PERFORM rubicon.note_legacy_write(${relation}, pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
[/#if]
  RETURN NEW;
END
$rubicon$

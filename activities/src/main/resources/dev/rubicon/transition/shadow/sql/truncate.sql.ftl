[#--
  The TRUNCATE trigger of one side. It follows a TRUNCATE of the whole relation AFTER it, and one of a
  single partition, which does not fire the relation's triggers, BEFORE it, while its rows can still
  be read. By OID, because names change hands at the cutover.
--]
[#-- TRUNCATE takes rows that came since the transaction's snapshot, too. Their counterparts could be
     truncated, but not deleted: the snapshot does not show them, and they would stay. --]
[#import "home.sql.ftl" as homes]
[#macro refuseFrozenSnapshot indent]
${indent}IF pg_catalog.current_setting('transaction_isolation')
${indent}     OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
${indent}  RAISE EXCEPTION 'rubicon: TRUNCATE of % cannot be followed in a % transaction', TG_TABLE_NAME,
${indent}      pg_catalog.current_setting('transaction_isolation')
${indent}    USING ERRCODE = 'feature_not_supported',
${indent}          HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
${indent}END IF;
[/#macro]
[#macro refuseLeft indent]
${indent}-- A trigger that returns NULL, or a rule, has kept rows without an error.
${indent}IF EXISTS (SELECT FROM ${target}) THEN
${indent}  RAISE EXCEPTION 'rubicon: a trigger or a rule keeps rows that TRUNCATE of % takes on the other side', TG_TABLE_NAME
${indent}    USING ERRCODE = 'triggered_data_change_violation';
${indent}END IF;
[/#macro]
[#-- Rows point here with ON DELETE RESTRICT, which is never deferred, so that no order of deletes would
     do. Where their own side's relations are empty, too, TRUNCATE takes all of them at once. --]
[#macro truncateTogether indent]
${indent}DECLARE
${indent}  together pg_catalog.oid[] := ARRAY[${targetOid}::pg_catalog.oid];
${indent}  pointing pg_catalog.oid[];
${indent}BEGIN
${indent}  LOOP
${indent}    pointing := ARRAY(SELECT DISTINCT c.conrelid FROM pg_catalog.pg_constraint c
${indent}                      WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
${indent}                        AND c.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
${indent}                        AND c.confrelid OPERATOR(pg_catalog.=) ANY (together)
${indent}                        AND c.conrelid OPERATOR(pg_catalog.<>) ALL (together));
${indent}    EXIT WHEN pg_catalog.cardinality(pointing) OPERATOR(pg_catalog.=) 0;
${indent}    together := pg_catalog.array_cat(together, pointing);
${indent}  END LOOP;
${indent}  IF NOT (together OPERATOR(pg_catalog.<@) ARRAY[[#list together as each]${each.oid}::pg_catalog.oid[#sep], [/#list]])
[#list together as each]
${indent}     OR ${each.oid}::pg_catalog.oid OPERATOR(pg_catalog.=) ANY (together) AND EXISTS (SELECT FROM ${each.source})
[/#list]
${indent}  THEN
${indent}    RAISE;
${indent}  END IF;
[#list together as each]
${indent}  PERFORM pg_catalog.set_config('${each.guardKey}', 'copy', true);
[/#list]
${indent}  EXECUTE (SELECT pg_catalog.concat('TRUNCATE ', pg_catalog.string_agg(t::pg_catalog.regclass::pg_catalog.text, ', ')) FROM pg_catalog.unnest(together) t);
[#list together as each]
${indent}  PERFORM pg_catalog.set_config('${each.guardKey}', [#if each.guardKey == guardKey]'copy'[#else]''[/#if], true);
[/#list]
${indent}END;
[/#macro]
CREATE OR REPLACE FUNCTION ${function}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  outer_guard_key pg_catalog.text := coalesce(pg_catalog.current_setting('${guardKey}', true), '');
BEGIN
[@homes.only home=home]
RETURN NULL;  -- a partition that has been detached
[/@homes.only]
  IF pg_catalog.texteq(outer_guard_key, 'copy') THEN
    RETURN NULL;  -- the engine itself
  END IF;
[#if partitions??]
  IF TG_WHEN OPERATOR(pg_catalog.=) 'BEFORE' THEN
    -- The whole relation's trigger fires first and only notes the TRUNCATE, so that its partitions are
    -- not emptied row by row; for a single partition, the counterparts of its rows are deleted.
    IF TG_RELID OPERATOR(pg_catalog.=) ${partitions.rootOid}::pg_catalog.oid THEN
      PERFORM pg_catalog.set_config('${partitions.truncatingAll}', 'yes', true);
    ELSIF pg_catalog.textne(coalesce(pg_catalog.current_setting('${partitions.truncatingAll}', true), ''), 'yes') THEN
      [@refuseFrozenSnapshot indent="      "/]
      PERFORM pg_catalog.set_config('${guardKey}', 'copy', true);
      EXECUTE pg_catalog.format(${partitions.removal}, TG_RELID::pg_catalog.regclass);
      PERFORM pg_catalog.set_config('${guardKey}', outer_guard_key, true);
    END IF;
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('${partitions.truncatingAll}', '', true);
[/#if]
  -- If the other side has no storage, CASCADE has truncated it with this one, and it cannot be
  -- truncated again before that statement ends. The size on disk does not depend on a snapshot.
[#if targetPartitioned]
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_partition_tree(${targetOid}::pg_catalog.oid::pg_catalog.regclass) p
                   JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.relid
                   WHERE c.relkind OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
                      OR (pg_catalog.pg_relation_size(p.relid) OPERATOR(pg_catalog.>) 0)) THEN
[#else]
  IF NOT (pg_catalog.pg_relation_size(${targetOid}::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
[/#if]
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('${guardKey}', 'copy', true);
[#if cleared??]
  [@refuseFrozenSnapshot indent="  "/]
  UPDATE ${target} AS t SET ${cleared} WHERE ${ours};
[#elseif shared]
  [@refuseFrozenSnapshot indent="  "/]
  DELETE FROM ${target} t WHERE ${ours};
[#else]
  -- Where a foreign key points at the other side it cannot be truncated alone, so it is emptied.
  IF EXISTS (SELECT FROM pg_catalog.pg_constraint c
             WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
               AND c.confrelid OPERATOR(pg_catalog.=) ${targetOid}::pg_catalog.oid
               AND c.conrelid OPERATOR(pg_catalog.<>) c.confrelid) THEN
    [@refuseFrozenSnapshot indent="    "/]
[#if together?has_content]
    BEGIN
      DELETE FROM ${target};
    EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
      [@truncateTogether indent="      "/]
    END;
[#else]
    DELETE FROM ${target};
[/#if]
    [@refuseLeft indent="    "/]
  ELSE
    BEGIN
      EXECUTE pg_catalog.format('TRUNCATE %s', ${targetOid}::pg_catalog.oid::pg_catalog.regclass);
    EXCEPTION WHEN feature_not_supported OR object_in_use THEN
      -- A foreign key that is younger than the snapshot, or that came while this waited for its lock;
      -- or checks of the other side still wait for COMMIT.
      [@refuseFrozenSnapshot indent="      "/]
      DELETE FROM ${target};
      [@refuseLeft indent="      "/]
    END;
  END IF;
[/#if]
  PERFORM pg_catalog.set_config('${guardKey}', outer_guard_key, true);
  RETURN NULL;
END
$rubicon$

package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Until the copy is verified, canonical is not a whole relation: whoever writes it hears so. */
final class ClosedCanonical {
  private ClosedCanonical() {}

  static String function(Family family, String function) {
    return """
    CREATE OR REPLACE FUNCTION %s() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
    BEGIN
      -- a TRUNCATE of legacy has reached us
      IF pg_catalog.texteq(coalesce(pg_catalog.current_setting(%s, true), ''), 'copy') THEN
        RETURN NULL;
      END IF;
    %s  RAISE EXCEPTION 'rubicon: %% is not filled yet', TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = 'write the legacy relation until the rollout has verified the copy';
    END
    $rubicon$\
    """
        .formatted(
            function,
            Identifiers.literal(family.plan().guard()),
            // Of a split, the other part's plan: a foreign key between them may bring it here.
            Stream.concat(
                    family.sharing(family.plan().down()).stream(),
                    family.sharing(family.plan().up()).stream())
                .distinct()
                .map(
                    s ->
                        """
                          IF pg_catalog.textne(coalesce(pg_catalog.current_setting('%s', true), ''), '') THEN
                            RETURN NULL;  -- the engine itself, for another relation
                          END IF;
                        """
                            .formatted(s.guard()))
                .collect(Collectors.joining()));
  }
}

package dev.rubicon.oracle;

import dev.rubicon.oracle.RolloutStage.Names;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;

/** Refusals that the reference knows nothing of. */
final class Refusal {
  static final Set<String> AGAIN = Set.of("40001", "40P01");
  static final String NO_PARENT = "23503";

  /** A foreign key's, and a deferrable constraint's. */
  static final Set<String> CHECKED_LATER = Set.of(NO_PARENT, "23505");

  /** The last two: there, the key is of the other side's type. */
  private static final Set<String> OTHER_NAME = Set.of("42P01", "42703", "42809", "22P02", "42804");

  private Refusal() {}

  /** The client begins again, perhaps under the other name. */
  static boolean passes(SQLException e, RolloutStage stage) {
    return AGAIN.contains(e.getSQLState())
        || stage.names() == Names.EITHER && OTHER_NAME.contains(e.getSQLState());
  }

  /** docs/clients.md: a check of what the transaction has written before waits for COMMIT. */
  static boolean waits(SQLException e) {
    return e.getSQLState().equals("55006") && e.getMessage().contains("pending trigger events");
  }

  /** docs/clients.md: what the verification has validated is newer than the snapshot. */
  static boolean older(SQLException e, RolloutStage stage, String level) {
    return e.getSQLState().equals(NO_PARENT)
        && !level.equals("READ COMMITTED")
        && stage.equals(RolloutStage.FILLED);
  }

  /** docs/clients.md: what the snapshot does not show, the other side could not lose. */
  static boolean unfollowed(SQLException e, String level) {
    return e.getSQLState().equals("0A000")
        && !level.equals("READ COMMITTED")
        && e.getMessage().contains("cannot be followed in a " + level.toLowerCase(Locale.ROOT));
  }
}

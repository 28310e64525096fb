package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.Phase;
import java.util.UUID;

/**
 * Rollout and phase of a session: goes into {@code application_name} and in a comment before every
 * statement, so that {@code pg_stat_activity} and the server's log name rollout and phase.
 *
 * @param control whether it decides or looks beside the phase, rather than doing the phase's work
 */
public record SessionTag(String rollout, Phase phase, boolean control) {

  /** Of the phase's own work. */
  public SessionTag(String rollout, Phase phase) {
    this(rollout, phase, false);
  }

  /** Of what is decided while the phase may be at work on another worker. */
  public static SessionTag ofControl(String rollout, Phase phase) {
    return new SessionTag(rollout, phase, true);
  }

  /** For a command outside any rollout; each run of it has its own. */
  public static SessionTag ofCommand(String word, Phase phase) {
    return new SessionTag(word + "-" + UUID.randomUUID().toString().substring(0, 8), phase);
  }

  /** At most 63 bytes: PostgreSQL cuts longer names. */
  public String applicationName() {
    String name = "rubicon/" + (control ? "control" : phase.word()) + "/" + rollout;
    return name.length() <= 63 ? name : name.substring(0, 63);
  }

  /**
   * The statement with the comment before it.
   *
   * @throws RubiconException SQL_REFUSED where it holds a zero byte, at which the server's protocol
   *     ends a text
   */
  String on(String sql) {
    if (sql.indexOf('\0') >= 0) {
      throw new RubiconException(
          ErrorCode.SQL_REFUSED,
          "a statement holds a zero byte, which PostgreSQL has no text for",
          "take it out of the runbook or the file that the statement comes from");
    }
    return comment() + sql;
  }

  String comment() {
    return "/* rubicon rollout=" + rollout.replace("*/", "") + " phase=" + phase.word() + " */ ";
  }
}

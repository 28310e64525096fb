package dev.rubicon.target;

import dev.rubicon.rollout.Phase;
import java.util.UUID;

/**
 * Who is speaking: ends up in {@code application_name} and in a comment before every statement, so
 * that {@code pg_stat_activity} and the server's log name rollout and phase.
 */
public record SessionTag(String rollout, Phase phase) {

  /** For a command outside any rollout; each run of it is told from every other. */
  public static SessionTag ofCommand(String word, Phase phase) {
    return new SessionTag(word + "-" + UUID.randomUUID().toString().substring(0, 8), phase);
  }

  /** At most 63 bytes: PostgreSQL cuts longer names. */
  public String applicationName() {
    String name = "rubicon/" + phase.word() + "/" + rollout;
    return name.length() <= 63 ? name : name.substring(0, 63);
  }

  String comment() {
    return "/* rubicon rollout=" + rollout.replace("*/", "") + " phase=" + phase.word() + " */ ";
  }
}

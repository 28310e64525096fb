package dev.rubicon.statement;

import dev.rubicon.statement.SqlTokens.Kind;
import dev.rubicon.statement.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds in a text what would reach beyond the database in which it runs: roles, other databases and
 * settings are the whole server's, and a scratch or clone database shares it. So do programs and
 * files of the server's machine, other servers, and sessions of others. Looks into the bodies of
 * functions and {@code DO} blocks and into what {@code EXECUTE} is given; what is put together at
 * run time it cannot see: that is for {@code ScratchGuard}, and for the rights of staging's role.
 */
public final class Beyond {
  private static final int DEEPEST = 4;

  private static final Set<String> MAKES = Set.of("create", "alter", "drop");
  private static final Set<String> SHARED =
      Set.of("role", "user", "group", "database", "tablespace", "subscription");
  private static final Set<String> SHARED_BY_GRANT =
      Set.of("database", "tablespace", "parameter", "role");

  /** The first words of statements that are whole in them. */
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("alter", "system"),
          List.of("load"),
          List.of("checkpoint"),
          List.of("reassign", "owned"),
          List.of("drop", "owned"),
          List.of("import", "foreign", "schema"),
          List.of("prepare", "transaction"),
          List.of("commit", "prepared"),
          List.of("rollback", "prepared"));

  private static final Set<String> FUNCTIONS =
      Set.of(
          "pg_terminate_backend",
          "pg_cancel_backend",
          "pg_reload_conf",
          "pg_rotate_logfile",
          "pg_promote",
          "pg_switch_wal",
          "pg_create_restore_point",
          "pg_backup_start",
          "pg_backup_stop",
          "pg_start_backup",
          "pg_stop_backup",
          "pg_wal_replay_pause",
          "pg_wal_replay_resume",
          "pg_create_physical_replication_slot",
          "pg_create_logical_replication_slot",
          "pg_copy_physical_replication_slot",
          "pg_copy_logical_replication_slot",
          "pg_drop_replication_slot",
          "pg_replication_slot_advance",
          "pg_logical_slot_get_changes",
          "pg_logical_slot_get_binary_changes",
          "pg_logical_emit_message",
          "pg_replication_origin_create",
          "pg_replication_origin_drop",
          "pg_replication_origin_advance",
          "pg_log_backend_memory_contexts",
          "pg_read_file",
          "pg_read_binary_file",
          "pg_stat_file",
          "pg_file_write",
          "pg_file_rename",
          "pg_file_unlink",
          "pg_file_sync",
          "pg_execute_server_program",
          "lo_import",
          "lo_export");

  private static final List<String> FUNCTION_FAMILIES =
      List.of("dblink", "pg_ls_", "pg_stat_reset");

  /**
   * @param line in the text, from 1
   * @param what of it, for people
   */
  public record Reach(int line, String what) {}

  private Beyond() {}

  /** The first place that does; empty where there is none. */
  public static Optional<Reach> in(String sql) {
    return in(sql, 0);
  }

  private static Optional<Reach> in(String sql, int depth) {
    var statement = new ArrayList<Token>();
    for (Token token : SqlTokens.of(sql).code()) {
      // A body may hold semicolons anywhere: also one that BEGIN ATOMIC begins.
      if (token.sign(';')) {
        Optional<Reach> found = statement(statement, depth);
        if (found.isPresent()) {
          return found;
        }
        statement.clear();
      } else {
        statement.add(token);
      }
    }
    return statement(statement, depth);
  }

  private static Optional<Reach> statement(List<Token> statement, int depth) {
    // In a body, a command may stand behind BEGIN, THEN, LOOP or EXECUTE.
    int last = depth == 0 ? Math.min(1, statement.size()) : statement.size();
    for (int i = 0; i < last; i++) {
      Optional<String> command = command(statement.subList(i, statement.size()));
      if (command.isPresent()) {
        return Optional.of(new Reach(statement.get(i).line(), command.get()));
      }
    }
    for (int i = 0; i + 1 < statement.size(); i++) {
      Token token = statement.get(i);
      if (statement.get(i + 1).sign('(') && function(token)) {
        return Optional.of(new Reach(token.line(), token.text() + "()"));
      }
    }
    if (depth < DEEPEST && runsText(statement)) {
      for (Token token : statement) {
        if (token.kind() == Kind.STRING) {
          Optional<Reach> inside = in(token.text(), depth + 1);
          if (inside.isPresent()) {
            return Optional.of(
                new Reach(token.line() + inside.get().line() - 1, inside.get().what()));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Whether strings in it are SQL, or a body. */
  private static boolean runsText(List<Token> statement) {
    return !statement.isEmpty()
        && (statement.getFirst().word("do")
            || statement.stream()
                .anyMatch(
                    t ->
                        t.word("function")
                            || t.word("procedure")
                            || t.word("execute")
                            || t.text().endsWith("_to_xml")
                            || t.text().endsWith("_to_xml_and_xmlschema")
                            || t.text().startsWith("cursor_to_")));
  }

  private static boolean function(Token token) {
    if (token.kind() != Kind.WORD && token.kind() != Kind.NAME) {
      return false;
    }
    return FUNCTIONS.contains(token.text())
        || FUNCTION_FAMILIES.stream().anyMatch(token.text()::startsWith);
  }

  private static Optional<String> command(List<Token> s) {
    for (List<String> words : COMMANDS) {
      if (begins(s, words)) {
        return Optional.of(String.join(" ", words).toUpperCase(Locale.ROOT));
      }
    }
    if (s.size() < 2) {
      return Optional.empty();
    }
    String first = word(s.get(0));
    String second = word(s.get(1));
    boolean mapping = s.size() > 2 && s.get(2).word("mapping");
    if (MAKES.contains(first) && SHARED.contains(second) && !mapping) {
      return Optional.of((first + " " + second).toUpperCase(Locale.ROOT));
    }
    return switch (first) {
      case "copy" -> copy(s);
      case "grant", "revoke" -> grant(first, s);
      case "comment", "security" ->
          s.stream()
              .limit(6)
              .map(Beyond::word)
              .filter(w -> SHARED.contains(w))
              .findFirst()
              .filter(_ -> on(s))
              .map(w -> (first + " on " + w).toUpperCase(Locale.ROOT));
      default -> Optional.empty();
    };
  }

  /** Whether the object's kind follows ON at once, as in {@code COMMENT ON DATABASE}. */
  private static boolean on(List<Token> s) {
    for (int i = 0; i + 1 < Math.min(7, s.size()); i++) {
      if (s.get(i).word("on")) {
        return SHARED.contains(word(s.get(i + 1)));
      }
    }
    return false;
  }

  private static Optional<String> copy(List<Token> s) {
    for (int i = 1; i + 1 < s.size(); i++) {
      if (s.get(i).depth() == 0 && (s.get(i).word("to") || s.get(i).word("from"))) {
        if (s.get(i + 1).word("program")) {
          return Optional.of("COPY … PROGRAM");
        }
        if (s.get(i + 1).kind() == Kind.STRING) {
          return Optional.of("COPY with a file of the server");
        }
      }
    }
    return Optional.empty();
  }

  /** Membership has no ON before TO or FROM; what has one names the kind of the object. */
  private static Optional<String> grant(String first, List<Token> s) {
    String verb = first.toUpperCase(Locale.ROOT);
    for (int i = 1; i < s.size(); i++) {
      if (s.get(i).word("on")) {
        String kind = i + 1 < s.size() ? word(s.get(i + 1)) : "";
        return SHARED_BY_GRANT.contains(kind)
            ? Optional.of(verb + " … ON " + kind.toUpperCase(Locale.ROOT))
            : Optional.empty();
      }
      if (s.get(i).word("to") || s.get(i).word("from")) {
        return Optional.of(verb + " of a role");
      }
    }
    return Optional.empty();
  }

  private static boolean begins(List<Token> s, List<String> words) {
    if (s.size() < words.size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      if (!s.get(i).word(words.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static String word(Token token) {
    return token.kind() == Kind.WORD ? token.text() : "";
  }
}

package dev.rubicon.change;

import dev.rubicon.postgres.PgSession;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Types as a runbook writes them, printed as {@code format_type()} does. */
record TypeNames(PgSession session, String searchPath) {
  private static final Pattern MODIFIERS = Pattern.compile("\\(([-\\d\\s,]+)\\)");
  private static final Pattern MOMENT = Pattern.compile("(timestamp|time)( with.*?)((?:\\[])*)");
  private static final Pattern ANY = Pattern.compile("(.*?)()((?:\\[])*)");

  /** Empty where the target has no such type: a migration may bring it. */
  Optional<String> printed(String written) {
    String oid =
        session.inTransaction(
            () -> {
              session.value(
                  "SELECT pg_catalog.set_config('search_path', ?, true)",
                  searchPath + ", pg_catalog");
              return session.value("SELECT coalesce(to_regtype(?)::oid::bigint, 0)", written);
            });
    if (oid.equals("0")) {
      return Optional.empty();
    }
    String base = session.value("SELECT format_type(?::bigint::oid, NULL)", oid);
    Matcher modifiers = MODIFIERS.matcher(written);
    if (!modifiers.find()) {
      return Optional.of(base.equals("character") ? "character(1)" : base);
    }
    Matcher parts = MOMENT.matcher(base);
    if (!parts.matches()) {
      parts = ANY.matcher(base);
      parts.matches();
    }
    String size = modifiers.group(1).replaceAll("\\s", "");
    return Optional.of(parts.group(1) + "(" + size + ")" + parts.group(2) + parts.group(3));
  }
}

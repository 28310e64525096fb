package dev.rubicon.config;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment of this process as the operating system shows it, in {@code /proc/PID/environ},
 * to whoever runs as the same user: a runbook's program, for one. Once a secret has been read, its
 * bytes there are overwritten. Java has taken its copy before.
 */
public final class OwnEnvironment {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /** What secrets are called that no rubicon.yaml names. */
  private static final Set<String> SECRETS =
      Set.of(
          "RUBICON_TOKEN",
          "RUBICON_LEDGER_OWNER_PASSWORD",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN",
          "PGPASSWORD");

  private OwnEnvironment() {}

  /** The variables that a configuration takes its secrets from. */
  public static Set<String> secrets(String configuration) {
    var names = new LinkedHashSet<>(SECRETS);
    Matcher variable = VARIABLE.matcher(configuration);
    while (variable.find()) {
      names.add(variable.group(1));
    }
    return names;
  }

  /**
   * Overwrites the values of these variables.
   *
   * @return how many were there
   */
  @SuppressWarnings("restricted") // a pointer of the C library has no bounds of its own
  public static int forget(Set<String> names) {
    Optional<MemorySegment> environ = Linker.nativeLinker().defaultLookup().find("environ");
    if (environ.isEmpty()) {
      return 0; // not a system that has it
    }
    MemorySegment entries =
        environ
            .get()
            .reinterpret(ValueLayout.ADDRESS.byteSize())
            .get(ValueLayout.ADDRESS, 0)
            .reinterpret(Long.MAX_VALUE);
    // Java copies it when it is first asked, and that is what this process goes on with.
    Set<String> kept = System.getenv().keySet();
    int forgotten = 0;
    for (long i = 0; ; i++) {
      MemorySegment entry = entries.getAtIndex(ValueLayout.ADDRESS, i);
      if (entry.equals(MemorySegment.NULL)) {
        return forgotten;
      }
      MemorySegment text = entry.reinterpret(Long.MAX_VALUE);
      String value = text.getString(0, StandardCharsets.ISO_8859_1);
      int equals = value.indexOf('=');
      String name = equals > 0 ? value.substring(0, equals) : "";
      if (kept.contains(name) && names.contains(name)) {
        for (long at = equals + 1L; at < value.length(); at++) {
          text.set(ValueLayout.JAVA_BYTE, at, (byte) 'x');
        }
        forgotten++;
      }
    }
  }
}

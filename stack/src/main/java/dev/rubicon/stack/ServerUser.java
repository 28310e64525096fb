package dev.rubicon.stack;

import dev.rubicon.stack.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;

/**
 * The user that PostgreSQL runs as: this process's own, unless that is root, which it refuses. Then
 * it is the user {@code postgres}, or {@code nobody}, and what it works with must be reachable for
 * that user.
 */
final class ServerUser {
  private ServerUser() {}

  /** What to put before a command. */
  static List<String> prefix() {
    return isRoot()
        ? List.of("setpriv", "--reuid=" + name(), "--regid=" + group(), "--clear-groups", "--")
        : List.of();
  }

  static void own(Path file) {
    if (isRoot()) {
      Programs.run(List.of("chown", "-R", name() + ":" + group(), file.toString()));
    }
  }

  /** Lets the server's user pass through the folder, not list it. */
  static void letPass(Path folder) throws IOException {
    if (isRoot()) {
      var permissions = Files.getPosixFilePermissions(folder);
      permissions.addAll(PosixFilePermissions.fromString("--x--x--x"));
      Files.setPosixFilePermissions(folder, permissions);
    }
  }

  /**
   * The folder itself, if the server's user can get there; else (a folder below {@code /root}) one
   * in the temporary folder that belongs to it for good.
   */
  static Path reachable(Path folder) throws IOException {
    if (!isRoot()) {
      return folder;
    }
    var probe = new java.util.ArrayList<String>(prefix());
    probe.addAll(List.of("test", "-x", folder.toString()));
    if (Programs.tried(probe).code() == 0) {
      return folder;
    }
    String name =
        "rubicon-"
            + UUID.nameUUIDFromBytes(
                folder.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
    Path substitute = Path.of(System.getProperty("java.io.tmpdir"), name);
    if (Files.exists(substitute, LinkOption.NOFOLLOW_LINKS)) {
      String owner = Files.getOwner(substitute, LinkOption.NOFOLLOW_LINKS).getName();
      if (!owner.equals("root") || Files.isSymbolicLink(substitute)) {
        throw new IllegalStateException(substitute + " belongs to " + owner + ": remove it");
      }
    } else {
      Files.createDirectory(substitute);
    }
    letPass(substitute);
    return substitute;
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static String name() {
    return hasPostgres() ? "postgres" : "nobody";
  }

  private static String group() {
    return hasPostgres() ? "postgres" : "nogroup";
  }

  private static boolean hasPostgres() {
    try {
      return Files.readString(Path.of("/etc/passwd"))
          .lines()
          .anyMatch(l -> l.startsWith("postgres:"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

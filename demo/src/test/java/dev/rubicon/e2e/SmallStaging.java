package dev.rubicon.e2e;

import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.PostgresServer;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.Roles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A staging server of its own that can go away, and whose disk can be full where root runs this.
 */
final class SmallStaging implements AutoCloseable {
  private static final long DISK = 256L << 20;
  private static final long ROOM = 3L << 20;

  private final LocalPostgres server;
  private final Path disk;
  private final boolean mounted;

  private SmallStaging(LocalPostgres server, Path disk, boolean mounted) {
    this.server = server;
    this.disk = disk;
    this.mounted = mounted;
  }

  static SmallStaging start() {
    try {
      Path folder = Files.createTempDirectory("rubicon-staging");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path disk = Files.createDirectory(folder.resolve("disk"));
      var server = LocalPostgres.start(LocalPostgres.Options.in(folder.resolve("cluster")));
      boolean mounted =
          "root".equals(System.getProperty("user.name"))
              && run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", disk.toString()) == 0;
      if (mounted) {
        // Only the databases lie on it: a full WAL disk would end the server instead.
        server.crash();
        Path base = server.data().resolve("base");
        done("cp", "-a", base.toString(), disk.resolve("base").toString());
        done("rm", "-r", base.toString());
        done("chown", "--reference=" + server.data(), disk.toString());
        Files.createSymbolicLink(base, disk.resolve("base"));
        server.restart();
      }
      return new SmallStaging(server, disk, mounted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With the role that the worker of that stack has. */
  PostgresServer of(EmbeddedStack stack) {
    new Roles(server).role(stack.user(), stack.secret(stack.user()), "CREATEDB CREATEROLE");
    return server;
  }

  LocalPostgres server() {
    return server;
  }

  /**
   * Leaves room for less than a database.
   *
   * @return false where this machine has no small disk
   */
  boolean fill() {
    if (!mounted) {
      return false;
    }
    long filler = disk.toFile().getUsableSpace() - ROOM;
    done("fallocate", "-l", Long.toString(filler), disk.resolve("filler").toString());
    return true;
  }

  void free() {
    try {
      Files.deleteIfExists(disk.resolve("filler"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    if (mounted) {
      done("umount", "-l", disk.toString());
    }
  }

  private static void done(String... command) {
    if (run(command) != 0) {
      throw new IllegalStateException(String.join(" ", command));
    }
  }

  private static int run(String... command) {
    try {
      return new ProcessBuilder(List.of(command)).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

package dev.rubicon.up;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.stack.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Where the embedded stack keeps its data, its secrets (mode 600) and its ports. */
final class StateFolder implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path root;
  private final FileChannel channel;

  private StateFolder(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  /** Opens the folder for one stack at a time. */
  static StateFolder open(Path folder) {
    try {
      Path root = Files.createDirectories(folder.toAbsolutePath().normalize());
      FileChannel channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new RubiconException(
            ErrorCode.CONFIG_INVALID,
            "another stack runs on " + root,
            "use that one, end it first, or name another folder: --state-dir DIR");
      }
      return new StateFolder(root, channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      // Held until the channel is closed or this process ends.
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldByThisJvm) {
      return false;
    }
  }

  Path path(String name) {
    return root.resolve(name);
  }

  Path secretFile(String name) {
    return root.resolve("secrets").resolve(name);
  }

  /** The secret of that name; made up the first time. */
  String secret(String name) {
    return secret(name, StateFolder::random);
  }

  private static String random() {
    byte[] bytes = new byte[24];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  String secret(String name, Supplier<String> fresh) {
    Path file = secretFile(name);
    try {
      if (!Files.exists(file)) {
        Files.createDirectories(
            file.getParent(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, fresh.get());
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port of that name: the same one every time, a free one the first time. */
  int port(String name) {
    Path file = root.resolve("ports").resolve(name);
    try {
      if (!Files.exists(file)) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, Integer.toString(Ports.free()));
      }
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

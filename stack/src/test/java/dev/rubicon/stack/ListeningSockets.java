package dev.rubicon.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The TCP sockets that processes listen on, from {@code /proc}. */
final class ListeningSockets {
  private ListeningSockets() {}

  /**
   * @param address hex as in /proc/net/tcp
   */
  record Listener(String address, int port) {
    boolean loopback() {
      return address.equals("0100007F") // 127.0.0.1
          || address.equals("00000000000000000000000001000000") // ::1
          || address.equals("0000000000000000FFFF00000100007F"); // ::ffff:127.0.0.1
    }
  }

  /** Of the process and of everything below it. */
  static List<Listener> of(ProcessHandle process) throws IOException {
    var inodes = new HashSet<String>(inodes(process.pid()));
    for (ProcessHandle child : process.descendants().toList()) {
      inodes.addAll(inodes(child.pid()));
    }
    var found = new ArrayList<Listener>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.strip().split("\\s+");
        if (columns[3].equals("0A") && inodes.contains(columns[9])) {
          String[] local = columns[1].split(":");
          found.add(new Listener(local[0], Integer.parseInt(local[1], 16)));
        }
      }
    }
    return found;
  }

  private static Set<String> inodes(long pid) throws IOException {
    var inodes = new HashSet<String>();
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        try {
          String link = Files.readSymbolicLink(file).toString();
          if (link.startsWith("socket:[")) {
            inodes.add(link.substring(8, link.length() - 1));
          }
        } catch (java.nio.file.NoSuchFileException e) {
          continue; // closed while we looked
        }
      }
    } catch (java.nio.file.NoSuchFileException e) {
      return inodes; // the process has ended
    }
    return inodes;
  }
}

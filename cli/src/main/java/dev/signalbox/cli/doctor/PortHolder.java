package dev.signalbox.cli.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which process listens on a port, by {@code /proc} of Linux (proc(5), proc_pid_net(5)). Processes
 * of other users are seen by root alone.
 */
final class PortHolder {

  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final String LISTEN = "0A";
  private static final int MOST_PROCESSES = 10_000;

  private final Path proc;

  PortHolder(Path proc) {
    this.proc = proc;
  }

  /** The process, such as {@code java (pid 4711)}; empty when it cannot be told. */
  Optional<String> of(int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      sockets.addAll(sockets(proc.resolve(table), port));
    }
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    int seen = 0;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (++seen > MOST_PROCESSES) {
          break;
        }
        if (holds(process, sockets)) {
          return Optional.of(name(process) + " (pid " + process.getFileName() + ")");
        }
      }
    } catch (IOException e) {
      // Not Linux, or not allowed: it stays unknown.
    }
    return Optional.empty();
  }

  private static List<String> sockets(Path table, int port) {
    String end = String.format(Locale.ROOT, ":%04X", port);
    List<String> found = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(table)) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > INODE && fields[LOCAL].endsWith(end) && fields[STATE].equals(LISTEN)) {
          found.add("socket:[" + fields[INODE] + "]");
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return found;
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // It has ended, or is another user's.
    }
    return false;
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "a process";
    }
  }
}

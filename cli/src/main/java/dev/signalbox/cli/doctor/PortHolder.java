package dev.signalbox.cli.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which process listens on a port or holds a lock, by {@code /proc} of Linux (proc(5),
 * proc_pid_net(5)). Processes of other users are seen by root alone.
 */
final class PortHolder {

  /** That of this machine. */
  static final PortHolder SYSTEM = new PortHolder(Path.of("/proc"));

  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final String LISTEN = "0A";
  private static final int LOCK_PID = 4;
  private static final int LOCK_INODE = 5;
  private static final int MOST_PROCESSES = 10_000;

  /** A process. */
  record Holder(long pid, String name) {
    @Override
    public String toString() {
      return name + " (pid " + pid + ")";
    }
  }

  private final Path proc;

  PortHolder(Path proc) {
    this.proc = proc;
  }

  /** Whether two are known not to be the same process. */
  static boolean differ(Optional<Holder> one, Optional<Holder> other) {
    return one.isPresent() && other.isPresent() && one.get().pid() != other.get().pid();
  }

  /** Whether any process listens on a port, as far as can be told. */
  boolean listens(int port) {
    return !sockets(port).isEmpty();
  }

  private Set<String> sockets(int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      sockets.addAll(sockets(proc.resolve(table), port));
    }
    return sockets;
  }

  /** The process that has a lock on a file (proc_locks(5)); empty when it cannot be told. */
  Optional<Holder> ofLock(Path file) {
    try {
      String end = ":" + Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      for (String line : Files.readAllLines(proc.resolve("locks"))) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > LOCK_INODE
            && fields[LOCK_INODE].endsWith(end)
            && fields[LOCK_PID].matches("[1-9][0-9]{0,9}")) {
          return Optional.of(holder(fields[LOCK_PID]));
        }
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Not Linux, or not allowed: it stays unknown.
    }
    return Optional.empty();
  }

  /** The process; empty when it cannot be told. */
  Optional<Holder> of(int port) {
    Set<String> sockets = sockets(port);
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    int seen = 0;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[1-9]*")) {
      for (Path process : processes) {
        if (++seen > MOST_PROCESSES) {
          break;
        }
        if (holds(process, sockets)) {
          return Optional.of(holder(process.getFileName().toString()));
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

  private Holder holder(String pid) {
    return new Holder(Long.parseLong(pid), name(pid));
  }

  private String name(String pid) {
    try {
      return Files.readString(proc.resolve(pid).resolve("comm")).strip();
    } catch (IOException e) {
      return "a process";
    }
  }
}

package dev.signalbox.cli.doctor;

import dev.signalbox.contracts.disk.FileMutex;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Looks at the directory of durable state. */
final class DataDirectoryChecks {

  private static final long MIB = 1 << 20;
  private static final long LEAST_DISK = 100 * MIB;
  private static final double LITTLE_DISK = 0.1;
  private static final String LOCK_FILE = ".lock"; // of platform's DataDirectory

  private DataDirectoryChecks() {}

  /** The directory, its disk and its databases. */
  static List<PlaceCheck> of(String text) {
    String name = "data directory";
    Path data;
    try {
      data = Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      return List.of(PlaceCheck.error(name, "no path: " + e.getReason(), "Correct --data."));
    }
    if (Files.exists(data) && !Files.isDirectory(data)) {
      return List.of(
          PlaceCheck.error(name, data + " is no directory", "Choose another with --data."));
    }
    Path there = data;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    List<PlaceCheck> found = new ArrayList<>();
    try {
      if (!Files.isDirectory(there) || !Files.isWritable(there)) {
        found.add(
            PlaceCheck.error(
                name,
                there + " is not writable for " + System.getProperty("user.name"),
                "Change its owner, or choose another with --data."));
      } else if (!there.equals(data)) {
        found.add(PlaceCheck.ok(name, data + " will be made"));
      } else {
        found.add(owner(name, data));
      }
      found.add(disk(there));
      if (there.equals(data)) {
        found.addAll(DatabaseChecks.of(data));
      }
    } catch (IOException e) {
      found.add(PlaceCheck.error(name, data + ": " + e, "Look at the disk."));
    }
    return found;
  }

  /**
   * Whether another process has the directory for itself. The lock is taken for a moment: there is
   * no other way to see it everywhere.
   *
   * @param system what came of asking the system of this place
   * @param asked the process at the port that was asked, where it is known
   */
  static Optional<PlaceCheck> lock(
      String text, SystemAnswer.Kind system, Optional<PortHolder.Holder> asked) {
    String name = "data directory lock";
    Path file;
    try {
      file = Path.of(text).toAbsolutePath().normalize().resolve(LOCK_FILE);
    } catch (InvalidPathException e) {
      return Optional.empty(); // reported by its own check
    }
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      Optional<FileMutex> mutex = FileMutex.tryAcquire(file);
      if (mutex.isPresent()) {
        mutex.get().close();
        return Optional.empty();
      }
    } catch (AccessDeniedException e) {
      return Optional.empty(); // the check of its owner says so
    } catch (IOException e) {
      return Optional.of(
          PlaceCheck.error(name, file + " cannot be locked: " + e, "Look at the file."));
    }
    Optional<PortHolder.Holder> holder = PortHolder.SYSTEM.ofLock(file);
    String who = holder.map(PortHolder.Holder::toString).orElse("another process");
    if (system.running() && !PortHolder.differ(holder, asked)) {
      return Optional.of(PlaceCheck.ok(name, who + ", the running system, has it"));
    }
    if (system == SystemAnswer.Kind.UNASKED) {
      return Optional.of(
          PlaceCheck.warning(
              name,
              file.getParent() + " is in use: " + who + " has it, and was not asked",
              "If that is not the system of this place, stop it, or use another --data."));
    }
    if (system == SystemAnswer.Kind.SILENT
        && holder.isPresent()
        && asked.isPresent()
        && !PortHolder.differ(holder, asked)) {
      return Optional.of(
          PlaceCheck.warning(
              name,
              file.getParent() + " is in use: " + who + " has it, and does not answer at its port",
              "Do what the check of that port says."));
    }
    return Optional.of(
        PlaceCheck.error(
            name,
            file.getParent() + " is in use: " + who + " has it",
            "Stop that process, or use another directory with --data."));
  }

  private static PlaceCheck owner(String name, Path data) throws IOException {
    String owner = Files.getOwner(data).getName();
    String user = System.getProperty("user.name");
    if (!owner.equals(user)) {
      return PlaceCheck.warning(
          name,
          data + " belongs to " + owner + ", and this is " + user,
          "Run Signalbox as the owner of its data directory.");
    }
    if (open(data)) {
      return PlaceCheck.warning(name, data + " can be read by other users", "chmod 700 " + data);
    }
    return PlaceCheck.ok(name, data + " is writable");
  }

  /** Whether other users can read or write it. */
  static boolean open(Path path) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return false;
    }
    Set<PosixFilePermission> modes = Files.getPosixFilePermissions(path);
    return modes.contains(PosixFilePermission.GROUP_WRITE)
        || modes.contains(PosixFilePermission.OTHERS_READ)
        || modes.contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static PlaceCheck disk(Path there) throws IOException {
    FileStore store = Files.getFileStore(there);
    long free = store.getUsableSpace();
    long total = store.getTotalSpace();
    String text =
        String.format(
            Locale.ROOT,
            "%d of %d MiB free, %.1f %%",
            free / MIB,
            total / MIB,
            total > 0 ? free * 100.0 / total : 0);
    if (free < LEAST_DISK) {
      return PlaceCheck.error("disk", text, "Make room, or choose another disk with --data.");
    }
    return free < total * LITTLE_DISK
        ? PlaceCheck.warning("disk", text, "Make room, or choose another disk with --data.")
        : PlaceCheck.ok("disk", text);
  }
}

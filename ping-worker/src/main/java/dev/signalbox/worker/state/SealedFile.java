package dev.signalbox.worker.state;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.disk.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * A file that is replaced as a whole: by a new file, fsync, rename and fsync of the directory. It
 * begins with the SHA-256 of the rest, so that one that was damaged is not taken for real.
 */
final class SealedFile {

  private static final int DIGEST_BYTES = Sha256.BYTES;

  private final Path path;

  SealedFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** Writes the content; afterwards it is on disk. */
  void write(byte[] content) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PrivateFiles.attributes(fresh));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      ByteBuffer[] parts = {ByteBuffer.wrap(Sha256.of(content)), ByteBuffer.wrap(content)};
      while (parts[1].hasRemaining()) {
        long ignored = channel.write(parts);
      }
      channel.force(true);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(directory(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private Path directory() {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalStateException(path + " has no directory");
    }
    return parent;
  }

  /**
   * Reads the content; empty when there is no file.
   *
   * @throws DamagedException when the file is not as it was written
   */
  Optional<byte[]> read() throws IOException {
    byte[] all;
    try {
      all = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (all.length < DIGEST_BYTES) {
      throw new DamagedException(path + " is cut off");
    }
    byte[] content = Arrays.copyOfRange(all, DIGEST_BYTES, all.length);
    if (!Arrays.equals(Sha256.of(content), Arrays.copyOf(all, DIGEST_BYTES))) {
      throw new DamagedException(path + " is damaged");
    }
    return Optional.of(content);
  }

  /** Renames a damaged file, so that the user can inspect it. */
  Path putAside() throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + ".damaged");
    return Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The file is not as it was written. */
  static final class DamagedException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }
}

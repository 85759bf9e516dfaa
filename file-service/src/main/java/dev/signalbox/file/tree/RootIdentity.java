package dev.signalbox.file.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The identity of a root: random, in a hidden file, equal for all who serve the same directory
 * whatever its path is for them.
 */
public final class RootIdentity {

  private static final String NAME = ".signalbox-identity";
  private static final int BYTES = 16;
  private static final Pattern WELL_FORMED = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

  private RootIdentity() {}

  /**
   * Reads it, after it was made if there is none.
   *
   * @param lock of the root, so that of two who make one at once the second reads the first's
   * @throws IOException when there is none and none can be made, as in a directory that is read
   *     only
   */
  public static String of(FileRoot root, ChangeLock lock, RandomGenerator random)
      throws IOException {
    Path file = root.real().resolve(NAME);
    Optional<String> present = read(file);
    return present.isPresent()
        ? present.get()
        : lock.alone(() -> {
          Optional<String> meanwhile = read(file);
          return meanwhile.isPresent() ? meanwhile.get() : make(file, random);
        });
  }

  /** Empty also for a file that was cut off while it was made. */
  private static Optional<String> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(2 * BYTES);
      return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1))
          .filter(text -> WELL_FORMED.matcher(text).matches());
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static String make(Path file, RandomGenerator random) throws IOException {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String identity = HexFormat.of().formatHex(bytes);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer text = ByteBuffer.wrap((identity + "\n").getBytes(StandardCharsets.ISO_8859_1));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    return identity;
  }
}

package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of the operator's own directories, which file-service does not have; opened for one
 * response.
 */
final class LocalFile {

  private static final Logger LOG = LoggerFactory.getLogger(LocalFile.class);

  /** A file that is replaced between two steps is opened again. */
  private static final int ATTEMPTS = 20;

  private LocalFile() {}

  /**
   * Opens a regular file; a link would lead out of the operator's directory. Blocks on the disk.
   *
   * @return the file, retained for the caller
   * @throws IOException when there is none
   */
  static Found open(Path path) throws IOException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      BasicFileAttributes before = attributes(path);
      if (!before.isRegularFile()) {
        throw new NoSuchFileException(path.toString(), null, "not a regular file");
      }
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      if (isSame(before, attributes(path))) {
        long modified = before.lastModifiedTime().toMillis();
        FileInfo info =
            new FileInfo(
                "/" + path.getFileName(),
                before.size(),
                modified,
                "\"" + Long.toHexString(modified) + "-" + before.size() + "\"",
                "application/octet-stream",
                null);
        return new Found(info, "", new HeldFile(channel, LocalFile::close), null, 0);
      }
      channel.close();
    }
    throw new IOException(path + " keeps changing");
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isSame(BasicFileAttributes one, BasicFileAttributes other) {
    return one.size() == other.size()
        && one.lastModifiedTime().equals(other.lastModifiedTime())
        && Objects.equals(one.fileKey(), other.fileKey());
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("cannot close a file: {}", e.toString());
    }
  }
}

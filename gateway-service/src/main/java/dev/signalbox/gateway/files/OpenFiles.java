package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of this process's own file-service, open for as many answers as want them at a time and a
 * moment longer. Belongs to one event loop; the disk is waited for elsewhere.
 *
 * <p>A file is opened first and looked at afterwards: when path, size and time are still those that
 * were found, the file opened is the one meant, and stays so even if another takes its name.
 */
final class OpenFiles {

  private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

  /** Of those nobody is sending just now; a removed one holds its space for so long at most. */
  private static final int MAX_IDLE = 256;

  private static final long SWEEP_MS = 1_000;

  private final Vertx vertx;
  private final Map<String, OpenFile> byPath = new HashMap<>();

  OpenFiles(Vertx vertx) {
    this.vertx = vertx;
    vertx.setPeriodic(SWEEP_MS, _ -> sweep());
  }

  /** A file that is open; to be released once. */
  final class OpenFile {

    private final FileChannel channel;
    private final String etag;
    private int users = 1;
    private boolean unused;
    private boolean dropped;

    private OpenFile(FileChannel channel, String etag) {
      this.channel = channel;
      this.etag = etag;
    }

    FileChannel channel() {
      return channel;
    }

    void release() {
      users--;
      if (users == 0 && dropped) {
        close(channel);
      }
    }

    private void drop() {
      dropped = true;
      if (users == 0) {
        close(channel);
      }
    }
  }

  /** Opens a file; fails with {@link StaleFile} when it is no longer the one found. */
  Future<OpenFile> open(Found found) {
    OpenFile known = byPath.get(found.localPath());
    if (known != null && known.etag.equals(found.file().etag())) {
      known.users++;
      known.unused = false;
      return Future.succeededFuture(known);
    }
    return opened(found)
        .map(channel -> {
          OpenFile file = new OpenFile(channel, found.file().etag());
          OpenFile before = byPath.size() < MAX_IDLE ? byPath.put(found.localPath(), file) : file;
          if (before != null) {
            before.drop();
          }
          return file;
        });
  }

  @SuppressWarnings("NullAway") // Vert.x allows null results; opening a file has none
  private Future<FileChannel> opened(Found found) {
    return vertx.executeBlocking(() -> openNow(found), false);
  }

  private static FileChannel openNow(Found found) throws IOException {
    Path path = Path.of(found.localPath());
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      LOG.debug("{} cannot be opened: {}", path, e.toString());
      throw new StaleFile();
    }
    try {
      BasicFileAttributes now =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      FileInfo file = found.file();
      if (now.isRegularFile()
          && now.size() == file.sizeBytes()
          && channel.size() == file.sizeBytes()
          && now.lastModifiedTime().toMillis() == file.modifiedEpochMs()) {
        return channel;
      }
    } catch (IOException e) {
      LOG.debug("{} is gone: {}", path, e.toString());
    }
    channel.close();
    throw new StaleFile();
  }

  /** Closes what nobody has wanted since the last time. */
  private void sweep() {
    byPath
        .values()
        .removeIf(file -> {
          if (file.users == 0 && file.unused) {
            file.drop();
            return true;
          }
          file.unused = file.users == 0;
          return false;
        });
  }

  /** Elsewhere, for closing the last handle of a removed file frees its space, which takes time. */
  private void close(FileChannel channel) {
    vertx
        .executeBlocking(
            () -> {
              channel.close();
              return true;
            },
            false)
        .onFailure(e -> LOG.debug("closing a file: {}", e.toString()));
  }
}

package dev.signalbox.platform.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Notices that files were written again, such as a certificate that was renewed. Looks off the
 * event loop; a look that fails, for instance while files are replaced, is as if nothing had
 * changed.
 */
public final class FileWatch {

  private final Vertx vertx;
  private final Callable<List<FileTime>> modified;
  private final Runnable written;
  private List<FileTime> seen = List.of();

  private FileWatch(Vertx vertx, Callable<List<FileTime>> modified, Runnable written) {
    this.vertx = vertx;
    this.modified = modified;
    this.written = written;
  }

  /**
   * Watches until the calling verticle stops; outside of one, until Vert.x closes.
   *
   * @param modified when each file was written; blocks
   * @param written called on the event loop when that has changed
   * @param periodMs milliseconds between two looks, at least 1
   */
  public static void start(
      Vertx vertx, Callable<List<FileTime>> modified, Runnable written, long periodMs) {
    FileWatch watch = new FileWatch(vertx, modified, written);
    watch.look().onSuccess(times -> watch.seen = times);
    vertx.setPeriodic(periodMs, _ -> watch.check());
  }

  private Future<List<FileTime>> look() {
    return vertx.executeBlocking(modified, false).map(Objects::requireNonNull);
  }

  private void check() {
    look()
        .onSuccess(times -> {
          if (!seen.isEmpty() && !times.equals(seen)) {
            seen = times;
            written.run();
          }
        });
  }
}

package dev.signalbox.platform.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that files were written again, such as a certificate that was renewed. Looks off the
 * event loop; a look that fails, for instance while files are replaced, is as if nothing had
 * changed.
 *
 * @param <T> what a look sees; equal when nothing has changed
 */
public final class FileWatch<T> {

  private final Vertx vertx;
  private final Callable<T> sight;
  private final Consumer<T> changed;
  private @Nullable T seen;
  private boolean looking;

  private FileWatch(Vertx vertx, Callable<T> sight, Consumer<T> changed) {
    this.vertx = vertx;
    this.sight = sight;
    this.changed = changed;
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
    FileWatch<List<FileTime>> watch = new FileWatch<>(vertx, modified, _ -> written.run());
    watch.look().onSuccess(times -> watch.seen = times);
    vertx.setPeriodic(periodMs, _ -> watch.check());
  }

  /**
   * Watches what files contain, until the calling verticle stops; outside of one, until Vert.x
   * closes.
   *
   * @param known what was read before; a change since then is noticed
   * @param content reads the files; blocks
   * @param changed called on the event loop with what was read, when that has changed
   * @param periodMs milliseconds between two looks, at least 1
   */
  public static <T> void start(
      Vertx vertx, T known, Callable<T> content, Consumer<T> changed, long periodMs) {
    FileWatch<T> watch = new FileWatch<>(vertx, content, changed);
    watch.seen = known;
    vertx.setPeriodic(periodMs, _ -> watch.check());
  }

  private Future<T> look() {
    looking = true;
    return vertx
        .executeBlocking(sight, false)
        .map(found -> Objects.requireNonNull(found))
        .onComplete(_ -> looking = false);
  }

  private void check() {
    if (looking) {
      return; // A look that takes longer than the period must not end after a later one.
    }
    look()
        .onSuccess(found -> {
          T before = seen;
          seen = found;
          if (before != null && !found.equals(before)) {
            changed.accept(found);
          }
        });
  }
}

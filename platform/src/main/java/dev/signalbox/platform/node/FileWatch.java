package dev.signalbox.platform.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

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
  private T seen;
  private boolean looking;

  private FileWatch(Vertx vertx, T seen, Callable<T> sight, Consumer<T> changed) {
    this.vertx = vertx;
    this.seen = seen;
    this.sight = sight;
    this.changed = changed;
  }

  /**
   * Watches until the calling verticle stops; outside of one, until Vert.x closes.
   *
   * @param known what a look saw before the files were read for the first time, or what was read; a
   *     change since then is noticed
   * @param sight looks at the files: what they contain, or when each was written; blocks
   * @param changed called on the event loop with what was seen, when that has changed
   * @param periodMs milliseconds between two looks, at least 1
   */
  public static <T> void start(
      Vertx vertx, T known, Callable<T> sight, Consumer<T> changed, long periodMs) {
    FileWatch<T> watch = new FileWatch<>(vertx, known, sight, changed);
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
          if (!found.equals(before)) {
            changed.accept(found);
          }
        });
  }
}

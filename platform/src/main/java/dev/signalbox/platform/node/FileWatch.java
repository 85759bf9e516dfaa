package dev.signalbox.platform.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Notices that files were written again, such as a certificate that was renewed, and has them
 * loaded. Looks off the event loop. A look that fails, for instance while files are replaced, is as
 * if nothing had changed; a second failure in a row is reported.
 *
 * @param <T> what a look sees; equal when nothing has changed
 */
public final class FileWatch<T> {

  /** How long at most until what could not be loaded is loaded again, in milliseconds. */
  private static final long LONGEST_PAUSE_MS = 30_000;

  private final Vertx vertx;
  private final Callable<T> sight;
  private final Function<T, Future<?>> load;
  private final Consumer<Throwable> failed;
  private final long mostSkipped;
  private T loaded;
  private boolean busy;
  private boolean lookFailed;
  private @Nullable String reason;

  // What could not be loaded last, how many looks are skipped before it is tried again, and how
  // many of them are left.
  private @Nullable T unloadable;
  private long skipped;
  private long left;

  private FileWatch(
      Vertx vertx,
      T loaded,
      Callable<T> sight,
      Function<T, Future<?>> load,
      Consumer<Throwable> failed,
      long periodMs) {
    this.mostSkipped = Math.max(0, LONGEST_PAUSE_MS / periodMs - 1);
    this.vertx = vertx;
    this.loaded = loaded;
    this.sight = sight;
    this.load = load;
    this.failed = failed;
  }

  /**
   * Watches until the calling verticle stops; outside of one, until Vert.x closes.
   *
   * @param known what a look saw before the files were read for the first time, or what was read; a
   *     change since then is noticed
   * @param sight looks at the files: what they contain, or when each was written; blocks
   * @param load called on the event loop with what was seen, when that has changed; when it fails,
   *     again until it succeeds, at first after each look, then each half a minute: what was in its
   *     way need not be in the files
   * @param failed told why it failed, or why nothing could be seen, once for the same reason
   * @param periodMs milliseconds between two looks, at least 1
   */
  public static <T> void start(
      Vertx vertx,
      T known,
      Callable<T> sight,
      Function<T, Future<?>> load,
      Consumer<Throwable> failed,
      long periodMs) {
    FileWatch<T> watch = new FileWatch<>(vertx, known, sight, load, failed, periodMs);
    vertx.setPeriodic(periodMs, _ -> watch.check());
  }

  private void check() {
    if (busy) {
      return; // A look that takes longer than the period must not end after a later one.
    }
    busy = true;
    vertx
        .executeBlocking(sight, false)
        .map(found -> Objects.requireNonNull(found))
        .onSuccess(_ -> lookFailed = false)
        .onFailure(e -> {
          if (lookFailed) {
            tell(e);
          }
          lookFailed = true;
        })
        .compose(found -> isDue(found) ? load(found) : Future.succeededFuture())
        .onComplete(_ -> busy = false);
  }

  private boolean isDue(T found) {
    if (found.equals(unloadable)) {
      return left-- <= 0;
    }
    return reason != null || !found.equals(loaded);
  }

  private Future<?> load(T found) {
    return Future.succeededFuture(found)
        .compose(seen -> load.apply(seen).mapEmpty())
        .onSuccess(_ -> {
          loaded = found;
          unloadable = null;
          reason = null;
        })
        .onFailure(e -> {
          skipped = found.equals(unloadable) ? Math.min(2 * skipped + 1, mostSkipped) : 0;
          left = skipped;
          unloadable = found;
          tell(e);
        });
  }

  private void tell(Throwable e) {
    String text = e.toString();
    if (!text.equals(reason)) {
      reason = text;
      failed.accept(e);
    }
  }
}

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
 * loaded. Looks off the event loop; a look that fails, for instance while files are replaced, is as
 * if nothing had changed.
 *
 * @param <T> what a look sees; equal when nothing has changed
 */
public final class FileWatch<T> {

  private final Vertx vertx;
  private final Callable<T> sight;
  private final Function<T, Future<?>> load;
  private final Consumer<Throwable> failed;
  private T loaded;
  private boolean busy;
  private @Nullable String reason;

  private FileWatch(
      Vertx vertx,
      T loaded,
      Callable<T> sight,
      Function<T, Future<?>> load,
      Consumer<Throwable> failed) {
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
   *     again after each look until it succeeds, for what was in its way need not be in the files
   * @param failed told why it failed, once for the same reason
   * @param periodMs milliseconds between two looks, at least 1
   */
  public static <T> void start(
      Vertx vertx,
      T known,
      Callable<T> sight,
      Function<T, Future<?>> load,
      Consumer<Throwable> failed,
      long periodMs) {
    FileWatch<T> watch = new FileWatch<>(vertx, known, sight, load, failed);
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
        .compose(found ->
            reason == null && found.equals(loaded) ? Future.succeededFuture() : load(found))
        .onComplete(_ -> busy = false);
  }

  private Future<?> load(T found) {
    return Future.succeededFuture(found)
        .compose(seen -> load.apply(seen).mapEmpty())
        .onSuccess(_ -> {
          loaded = found;
          reason = null;
        })
        .onFailure(e -> {
          String text = e.toString();
          if (!text.equals(reason)) {
            reason = text;
            failed.accept(e);
          }
        });
  }
}

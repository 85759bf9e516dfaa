package dev.signalbox.systemtests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Things done at the same time. */
final class Load {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final List<CompletableFuture<Void>> running = new ArrayList<>();

  /** Does something beside everything else. */
  void run(Runnable action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    running.add(done);
    Thread.ofVirtual()
        .start(() -> {
          try {
            action.run();
            done.complete(null);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
  }

  /** Waits for all; fails with the first that failed. */
  void awaitAll() throws InterruptedException {
    try {
      CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AssertionError failed
          ? failed
          : new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("not done within " + PATIENCE, e);
    }
  }
}

package dev.signalbox.ping;

import dev.signalbox.ping.ledger.Ledger;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the operator's file of opt-outs into the ledger whenever it has changed. A file that cannot
 * be read or has an error leaves everything as it was. Belongs to one event loop.
 */
final class OptOutWatch {

  private static final Logger LOG = LoggerFactory.getLogger(OptOutWatch.class);

  private final Vertx vertx;
  private final Ledger ledger;
  private final Path file;
  private @Nullable FileTime taken;
  private boolean busy;

  OptOutWatch(Vertx vertx, Ledger ledger, Path file) {
    this.vertx = vertx;
    this.ledger = ledger;
    this.file = file;
  }

  /** Reads the file now. */
  Future<Integer> read() {
    busy = true;
    return vertx
        .executeBlocking(() -> Files.getLastModifiedTime(file), false)
        .compose(modified ->
            ledger
                .readOptOuts(file)
                .onComplete(_ -> taken = modified)
                .onSuccess(changes -> LOG.info("{}: {} opt-outs changed", file, changes)))
        .onComplete(_ -> busy = false);
  }

  /** Reads the file if it has changed. */
  void look() {
    if (busy) {
      return;
    }
    busy = true;
    vertx
        .executeBlocking(this::changed, false)
        .onComplete(changed -> {
          busy = false;
          if (changed.failed()) {
            LOG.warn(
                "cannot check ping.opt-out-file; keeping the opt-outs: {}",
                changed.cause().toString());
          } else if (changed.result()) {
            read()
                .onFailure(e ->
                    LOG.warn(
                        "cannot read ping.opt-out-file; keeping the opt-outs: {}", e.getMessage()));
          }
        });
  }

  private boolean changed() throws IOException {
    return !Files.getLastModifiedTime(file).equals(taken);
  }
}

package dev.signalbox.storage;

import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A process that writes as fast as it can and says what was acknowledged, until it is killed. */
final class CrashingWriter {

  private static final int IN_FLIGHT = 64;

  private CrashingWriter() {}

  /**
   * @param args data directory, then url, user and password of PostgreSQL if that is the engine
   */
  static void main(String[] args) throws Exception {
    StorageConfig config =
        args.length == 1
            ? StorageConfig.of(Map.of())
            : StorageConfig.of(Map.of("url", args[1], "user", args[2], "password", args[3]));
    Vertx vertx = Vertx.vertx();
    Database database =
        Database.open(vertx, config, Path.of(args[0]), "sample", "sample-service")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    AtomicLong ids = new AtomicLong();
    PrintStream out = System.out;
    for (int i = 0; i < IN_FLIGHT; i++) {
      next(database, ids, out);
    }
  }

  private static void next(Database database, AtomicLong ids, PrintStream out) {
    long id = ids.incrementAndGet();
    database
        .write(session -> session.update("INSERT INTO note (id, text) VALUES (?, ?)", id, "n" + id))
        .onSuccess(done -> {
          out.println(id);
          next(database, ids, out);
        });
  }
}

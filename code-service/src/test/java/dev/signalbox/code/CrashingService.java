package dev.signalbox.code;

import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.StorageConfig;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that stores messages as fast as it can and tells their ids, until it is killed. */
final class CrashingService {

  private static final int IN_FLIGHT = 64;

  private CrashingService() {}

  /**
   * @param args the data directory; how long messages.log becomes
   */
  static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Vertx vertx = Vertx.vertx();
    Database database =
        Database.open(vertx, StorageConfig.of(Map.of()), directory, "code", "code-service")
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    MessageStore store = new MessageStore(database, InstantSource.system());
    MessageLog log =
        new MessageLog(
            vertx,
            directory.resolve(MessageLog.FILE_NAME),
            store,
            new MessageLog.Rotation(Long.parseLong(args[1]), Integer.MAX_VALUE));
    MessageIntake intake = new MessageIntake(store, log, 100);
    for (int i = 0; i < IN_FLIGHT; i++) {
      next(intake);
    }
  }

  private static void next(MessageIntake intake) {
    intake
        .store(new Draft("u", "text", null), System.nanoTime() + 60_000_000_000L, null)
        .onSuccess(reply -> {
          if (reply instanceof StoreMessageReply.Stored(long id, long _, boolean _)) {
            System.out.println(id);
          }
          next(intake);
        });
  }
}

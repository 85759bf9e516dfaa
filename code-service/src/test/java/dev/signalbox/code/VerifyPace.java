package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.StorageConfig;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How long the chain over many messages takes to verify, run by hand. Arguments: engine, messages,
 * and a directory that is kept when there is one, for a system to be started on.
 */
final class VerifyPace {

  private static final int BATCH = 10_000;
  private static final String TEXT = "x".repeat(100);

  private VerifyPace() {}

  static void main(String[] args) throws Exception {
    Engine engine = Engine.valueOf(args[0].toUpperCase(Locale.ROOT));
    int messages = Integer.parseInt(args[1]);
    Path directory = args.length > 2 ? Path.of(args[2]) : Files.createTempDirectory("verify-pace");
    Vertx vertx = Vertx.vertx();
    StorageConfig config = StorageConfig.of(Fixture.settings(engine));
    Database database = await(Database.open(vertx, config, directory, "code", "code-service"));
    MessageStore store = new MessageStore(database, InstantSource.system());
    long filling = System.nanoTime();
    for (int stored = 0; stored < messages; stored += BATCH) {
      List<Draft> drafts =
          IntStream.range(stored, Math.min(messages, stored + BATCH))
              .mapToObj(i -> new Draft("worker-" + i % 1_000, i + TEXT, null))
              .toList();
      await(store.store(drafts));
    }
    System.out.printf("filled in %.1f s%n", (System.nanoTime() - filling) / 1e9);
    Path file = directory.resolve(MessageLog.FILE_NAME);
    MessageLog log = new MessageLog(vertx, file, store);
    await(log.follow());
    await(log.close());
    for (int round = 1; round <= 3; round++) {
      long start = System.nanoTime();
      VerifyMessagesReply reply = Fixture.verify(database, file, Duration.ofMinutes(2));
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%s: verified in %.2f s, %,.0f/s%n", reply, seconds, reply.messages() / seconds);
    }
    await(database.close());
    await(vertx.close());
    System.exit(0);
  }
}

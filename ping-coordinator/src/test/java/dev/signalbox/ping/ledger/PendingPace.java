package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;

import com.sun.management.ThreadMXBean;
import dev.signalbox.contracts.ping.ListInProgressReply;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.platform.json.Json;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestPostgres;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures what one poll of the tasks in progress costs with all 65,536 in progress: from rows, as
 * {@code ping.list-tasks} has them, and by index alone. Each from the database over the wire's JSON
 * to the answer's body. Argument: engine.
 */
final class PendingPace {

  private static final int ROUNDS = 40;
  private static final int WARM_UP = 10;

  private PendingPace() {}

  private interface Poll {
    int bytes() throws Exception;
  }

  static void main(String[] arguments) throws Exception {
    Engine engine = Engine.valueOf(arguments[0]);
    Path directory = Files.createTempDirectory("pending-pace");
    Vertx vertx = Vertx.vertx();
    StorageConfig config = engine == Engine.SQLITE ? StorageConfig.of(Map.of()) : postgres();
    Database database =
        await(Database.open(vertx, config, directory, Ledger.SCHEMA, "ping-coordinator"));
    Ledger ledger = await(Ledger.open(vertx, database, LedgerFixture.settings(65_536)));
    await(
        database.write(session ->
            session.update(
                "UPDATE task SET status = 1, worker = 'worker-of-some-name', expires_at = ?",
                Long.MAX_VALUE)));

    measure("rows", () -> rows(ledger));
    measure("bits", () -> bits(ledger));

    await(ledger.close());
    await(database.close());
    await(vertx.close());
    System.exit(0);
  }

  /** Filling takes one long statement. */
  private static StorageConfig postgres() {
    Map<String, String> settings = new HashMap<>(TestPostgres.freshDatabase().settings());
    settings.put("statement-timeout", "10m");
    return StorageConfig.of(settings);
  }

  private static int rows(Ledger ledger) throws Exception {
    var request = new ListTasksRequest(TaskStatus.IN_PROGRESS, -1, 65_536);
    byte[] wire = Json.bytes(await(ledger.tasks(request)));
    Map<String, Integer> statuses = new LinkedHashMap<>();
    Json.read(wire, ListTasksReply.class)
        .tasks()
        .forEach(task -> statuses.put(Integer.toString(task.index()), 1));
    return Json.bytes(statuses).length;
  }

  private static int bits(Ledger ledger) {
    ListInProgressReply reply = await(ledger.inProgress());
    StringBuilder json = new StringBuilder("{");
    reply.indices().stream()
        .forEach(i -> json.append(json.length() == 1 ? "\"" : ",\"").append(i).append("\":1"));
    return json.append('}').length();
  }

  private static void measure(String what, Poll poll) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < WARM_UP; i++) {
      poll.bytes();
    }
    double[] millis = new double[ROUNDS];
    long allocated = threads.getTotalThreadAllocatedBytes();
    int bytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      bytes = poll.bytes();
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    allocated = threads.getTotalThreadAllocatedBytes() - allocated;
    Arrays.sort(millis);
    System.out.printf(
        "%s: median %.1f ms, best %.1f ms, %.1f MB allocated a poll, answer of %d bytes%n",
        what, millis[ROUNDS / 2], millis[0], allocated / 1e6 / ROUNDS, bytes);
  }
}

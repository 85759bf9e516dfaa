package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;

import com.sun.management.OperatingSystemMXBean;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Measures the ledger alone: the whole space leased and submitted by so many workers at once, each
 * result durable before its worker goes on. Arguments: engine, format, workers, tasks. Says the
 * processor time too, which a busy machine changes less than the time of day.
 */
final class LedgerPace {

  private LedgerPace() {}

  static void main(String[] arguments) throws Exception {
    Engine engine = Engine.valueOf(arguments[0]);
    Format format = Format.valueOf(arguments[1]);
    int workers = Integer.parseInt(arguments[2]);
    int tasks = Integer.parseInt(arguments[3]);
    Path directory = Files.createTempDirectory("ledger-pace");
    Vertx vertx = Vertx.vertx();
    StorageConfig config =
        engine == Engine.SQLITE
            ? StorageConfig.of(Map.of())
            : StorageConfig.of(TestPostgres.freshDatabase().settings());
    long opening = System.nanoTime();
    Database database =
        await(Database.open(vertx, config, directory, Ledger.SCHEMA, "ping-coordinator"));
    long opened = System.nanoTime();
    Ledger ledger = await(Ledger.open(vertx, database, LedgerFixture.settings(tasks)));
    System.out.printf(
        "database %.0f ms, filling %.0f ms%n",
        (opened - opening) / 1e6, (System.nanoTime() - opened) / 1e6);
    Binary result = new Binary(result(format));

    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long startCpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    Future<?>[] runs = new Future<?>[workers];
    for (int i = 0; i < workers; i++) {
      runs[i] = run(vertx, ledger, "worker-" + i, format, result);
    }
    Future.all(Arrays.asList(runs)).toCompletionStage().toCompletableFuture().get();
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpu = (system.getProcessCpuTime() - startCpu) / 1e9;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (ThreadInfo thread : threads.dumpAllThreads(false, false)) {
      double used = threads.getThreadCpuTime(thread.getThreadId()) / 1e9;
      if (used > 0.1) {
        System.out.printf("  %s: %.2f s of processor time%n", thread.getThreadName(), used);
      }
    }
    System.out.printf("processor time %.2f s, %.0f us a pair%n", cpu, cpu / tasks * 1e6);

    long asked = System.nanoTime();
    var progress = await(ledger.progress());
    System.out.printf(
        "%s %s %d workers: %d pairs in %.1f s, %.0f pairs/s; commits %d; progress %s in %.1f ms%n",
        engine,
        format,
        workers,
        progress.done(),
        seconds,
        progress.done() / seconds,
        database.writerStats().commits(),
        progress,
        (System.nanoTime() - asked) / 1e6);
    await(ledger.close());
    await(database.close());
    await(vertx.close());
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        System.out.println(file.getFileName() + " " + Files.size(file) / 1024 + " KiB");
        Files.delete(file);
      }
    }
    Files.delete(directory);
    System.exit(0);
  }

  private static Future<Void> run(
      Vertx vertx, Ledger ledger, String worker, Format format, Binary result) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(ignored -> next(ledger, worker, format, result, done));
    return done.future();
  }

  private static void next(
      Ledger ledger, String worker, Format format, Binary result, Promise<Void> done) {
    ledger
        .lease(
            new LeaseTasksRequest(
                worker, null, null, 1, Order.SPREAD, null, null, null, LedgerFixture.CLIENT))
        .onComplete(lease -> {
          if (lease.failed()) {
            done.fail(lease.cause());
          } else if (!(lease.result() instanceof Leased leased)) {
            done.complete();
          } else {
            ledger
                .submit(
                    new SubmitResultRequest(
                        leased.tasks().getFirst().taskIndex(),
                        leased.token(),
                        format,
                        result,
                        null,
                        LedgerFixture.CLIENT))
                .onComplete(reply -> {
                  if (reply.result() instanceof Accepted) {
                    next(ledger, worker, format, result, done);
                  } else {
                    done.fail(new IllegalStateException(reply.toString()));
                  }
                });
          }
        });
  }

  /** One address in ten answers, in clumps, as on the Internet. */
  private static byte[] result(Format format) {
    Random random = new Random(42);
    byte[] rtt = new byte[65_536];
    for (int network = 0; network < 256; network++) {
      if (random.nextInt(3) == 0) {
        for (int host = 0; host < 256; host++) {
          rtt[network * 256 + host] = random.nextInt(3) == 0 ? (byte) (20 + random.nextInt(40)) : 0;
        }
      }
    }
    return switch (format) {
      case RTT, BYTES -> rtt;
      case BITMAP ->
          CensusResult.read(Format.RTT, rtt) instanceof CensusResult.Reading.Valid valid
              ? valid.result().bitmap()
              : new byte[0];
      case TEXT -> {
        byte[] text = new byte[rtt.length];
        for (int i = 0; i < rtt.length; i++) {
          text[i] = (byte) (rtt[i] == 0 ? '0' : '1');
        }
        yield text;
      }
    };
  }
}

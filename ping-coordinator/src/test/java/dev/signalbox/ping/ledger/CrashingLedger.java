package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.StorageConfig;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** A process of many busy workers that says what was acknowledged to them, until it is killed. */
final class CrashingLedger {

  static final int WORKERS = 32;

  private CrashingLedger() {}

  /** The result every worker finds for a task: noise, so that a torn one would be seen. */
  static byte[] result(int taskIndex) {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    new Random(taskIndex).nextBytes(bitmap);
    return bitmap;
  }

  /**
   * Runs until it is killed.
   *
   * @param arguments data directory, then url, user and password of PostgreSQL if that is it
   */
  static void main(String[] arguments) {
    StorageConfig config =
        StorageConfig.of(
            arguments.length == 1
                ? Map.of()
                : Map.of("url", arguments[1], "user", arguments[2], "password", arguments[3]));
    Vertx vertx = Vertx.vertx();
    Database database =
        LedgerFixture.await(
            Database.open(vertx, config, Path.of(arguments[0]), Ledger.SCHEMA, "ping-coordinator"));
    Ledger ledger =
        LedgerFixture.await(Ledger.open(vertx, database, LedgerFixture.settings(65_536)));
    for (int i = 0; i < WORKERS; i++) {
      vertx.runOnContext(ignored -> next(ledger));
    }
  }

  private static void next(Ledger ledger) {
    ledger
        .lease(
            new LeaseTasksRequest(
                "worker", null, null, 1, Order.SPREAD, null, null, null, LedgerFixture.CLIENT))
        .onSuccess(reply -> leased(ledger, reply))
        .onFailure(e -> System.exit(1));
  }

  private static void leased(Ledger ledger, LeaseTasksReply reply) {
    if (!(reply instanceof Leased leased)) {
      return;
    }
    int taskIndex = leased.tasks().getFirst().taskIndex();
    System.out.println("leased " + taskIndex + " " + leased.token() + " .");
    ledger
        .submit(
            new SubmitResultRequest(
                taskIndex,
                leased.token(),
                Format.BITMAP,
                new Binary(result(taskIndex)),
                null,
                LedgerFixture.CLIENT))
        .onSuccess(submitted -> {
          System.out.println(
              (submitted instanceof Accepted ? "done " : "refused ") + taskIndex + " - .");
          next(ledger);
        })
        .onFailure(e -> System.exit(1));
  }

  static String[] arguments(Path directory, StorageConfig config) {
    return config.url().isEmpty()
        ? new String[] {directory.toString()}
        : new String[] {directory.toString(), config.url(), config.user(), config.password()};
  }
}

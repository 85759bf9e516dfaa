package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.LeasedTask;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply.Renewed;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.StorageConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process with a ledger on PostgreSQL, until it is killed. It reads a request a line, a number
 * first, and writes a line with the same number for each reply.
 */
final class LedgerReplica {

  /** Nobody waits long for ended leases, nor for what the refuted have done. */
  private static final Duration SWEEP = Duration.ofMillis(200);

  private final Ledger ledger;

  private LedgerReplica(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Of {@code check-percent} 20 all results of newcomers are checked. */
  static LedgerSettings settings(int tasks, Duration leaseTime, Duration sweep) {
    return new LedgerSettings(
        leaseTime,
        sweep,
        true,
        0,
        tasks,
        65_536,
        10_000,
        500,
        new ContributorRules(65_536, 65_536, 100, 20, 25));
  }

  /**
   * Runs until it is killed or its input ends.
   *
   * @param arguments url, user and password of PostgreSQL, number of tasks, lease time in ms
   */
  static void main(String[] arguments) throws IOException {
    StorageConfig config =
        StorageConfig.of(
            Map.of("url", arguments[0], "user", arguments[1], "password", arguments[2]));
    Vertx vertx = Vertx.vertx();
    Database database =
        LedgerFixture.await(
            Database.open(vertx, config, Path.of("."), Ledger.SCHEMA, "ping-coordinator"));
    LedgerReplica replica =
        new LedgerReplica(
            LedgerFixture.await(
                Ledger.open(
                    vertx,
                    database,
                    settings(
                        Integer.parseInt(arguments[3]),
                        Duration.ofMillis(Long.parseLong(arguments[4])),
                        SWEEP))));
    say("ready " + System.currentTimeMillis());
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", -1);
      vertx.runOnContext(_ ->
          replica
              .reply(words)
              .onComplete(
                  reply -> say(words[0] + " " + reply), e -> say(words[0] + " failed " + e)));
    }
    System.exit(0);
  }

  private static synchronized void say(String line) {
    System.out.println(line.replace('\n', ' '));
  }

  private Future<String> reply(String[] words) {
    return switch (words[1]) {
      case "lease" ->
          ledger
              .lease(
                  new LeaseTasksRequest(
                      "worker",
                      orNull(words[2]),
                      null,
                      Integer.parseInt(words[4]),
                      Order.valueOf(words[5]),
                      null,
                      orNull(words[3]),
                      null,
                      words[6]))
              .map(LedgerReplica::text);
      case "renew" ->
          ledger
              .renew(new RenewLeaseRequest(words[2], Map.of()))
              .map(reply ->
                  reply instanceof Renewed renewed
                      ? "renewed " + renewed.expiresAtEpochMs()
                      : "lost");
      case "release" ->
          ledger
              .release(new ReleaseLeaseRequest(words[2]))
              .map(reply -> "released " + reply.released());
      case "submit" ->
          ledger
              .submit(
                  new SubmitResultRequest(
                      Integer.parseInt(words[2]),
                      words[3],
                      Format.BITMAP,
                      new Binary(Base64.getDecoder().decode(words[4])),
                      null,
                      words[5]))
              .map(reply ->
                  reply instanceof Accepted accepted
                      ? accepted.repeated() ? "repeated" : "accepted"
                      : "refused " + reply.getClass().getSimpleName());
      default -> throw new IllegalArgumentException(words[1]);
    };
  }

  private static @Nullable String orNull(String word) {
    return word.equals("-") ? null : word;
  }

  private static String text(LeaseTasksReply reply) {
    return reply instanceof Leased leased
        ? "leased "
            + leased.leaseId()
            + " "
            + leased.token()
            + " "
            + leased.expiresAtEpochMs()
            + " "
            + leased.tasks().stream()
                .map(LeasedTask::taskIndex)
                .map(String::valueOf)
                .collect(Collectors.joining(","))
        : "none " + reply.getClass().getSimpleName();
  }
}

package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;

import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures the leaderboard of a whole census. Arguments: engine, contributors. Says the median and
 * the longest of a hundred calls.
 */
final class LeaderboardPace {

  private static final int CALLS = 100;
  private static final int RESULTS = 56_492;
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  private LeaderboardPace() {}

  static void main(String[] arguments) throws Exception {
    Engine engine = Engine.valueOf(arguments[0]);
    int contributors = Integer.parseInt(arguments[1]);
    Vertx vertx = Vertx.vertx();
    try (LedgerFixture fixture =
        LedgerFixture.of(vertx, engine, Files.createTempDirectory("leaderboard-pace"))) {
      fixture.open(1);
      fill(fixture, contributors);
      Ledger ledger = fixture.ledger();
      measure("first ten", () -> ledger.contributors(new ListContributorsRequest(0, 10)));
      measure("first hundred", () -> ledger.contributors(new ListContributorsRequest(0, 100)));
      measure(
          "last hundred",
          () -> ledger.contributors(new ListContributorsRequest(contributors - 100, 100)));
      measure("one", () -> ledger.contributor(new GetContributorRequest("name 77", null)));
    }
    await(vertx.close());
  }

  private static void fill(LedgerFixture fixture, int contributors) {
    long now = System.currentTimeMillis();
    insert(
        fixture,
        "INSERT INTO participant (name, name_key, listed, created_at, last_seen)"
            + " VALUES (?, ?, 1, ?, ?)",
        IntStream.range(0, contributors)
            .mapToObj(i -> new @Nullable Object[] {"name " + i, "name " + i, now, now})
            .toList());
    insert(
        fixture,
        "INSERT INTO result (round, task_index, participant, answered, pinged, packing, stored_at)"
            + " VALUES (1, ?, ?, 100, ?, 0, ?)",
        IntStream.range(0, RESULTS)
            .mapToObj(i -> new @Nullable Object[] {i, 1L + i % contributors, 65_000 + i % 500, now})
            .toList());
    insert(
        fixture,
        "INSERT INTO credit (round, participant, tasks, addresses) VALUES (0, ?, 3, ?)",
        IntStream.range(0, contributors)
            .mapToObj(i -> new @Nullable Object[] {1L + i, 200_000L + i})
            .toList());
    insert(
        fixture,
        "INSERT INTO activity (participant, day) VALUES (?, ?)",
        IntStream.range(0, contributors * 3)
            .mapToObj(i ->
                new @Nullable Object[] {1L + i % contributors, now / DAY_MS - i / contributors})
            .toList());
    insert(
        fixture,
        "INSERT INTO round (id, started_at) VALUES (?, 0)",
        List.<@Nullable Object[]>of(new @Nullable Object[] {0L}));
    await(fixture.database().write(session -> session.update("ANALYZE")));
  }

  private static void insert(LedgerFixture fixture, String sql, List<@Nullable Object[]> rows) {
    await(
        fixture
            .database()
            .write(session -> {
              session.updateAll(sql, rows);
              return rows.size();
            }));
  }

  private static void measure(String what, Supplier<Future<?>> call) {
    for (int i = 0; i < CALLS / 5; i++) {
      await(call.get());
    }
    long[] nanos = new long[CALLS];
    for (int i = 0; i < CALLS; i++) {
      long start = System.nanoTime();
      await(call.get());
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%s: median %.2f ms, longest %.2f ms%n",
        what, nanos[CALLS / 2] / 1e6, nanos[CALLS - 1] / 1e6);
  }
}

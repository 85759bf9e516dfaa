package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.ping.ledger.LedgerHistory.Change;
import dev.signalbox.ping.ledger.LedgerHistory.Compared;
import dev.signalbox.ping.ledger.LedgerHistory.Leased;
import dev.signalbox.ping.ledger.LedgerHistory.Outcome;
import dev.signalbox.ping.ledger.LedgerHistory.Released;
import dev.signalbox.ping.ledger.LedgerHistory.Renewed;
import dev.signalbox.ping.ledger.LedgerHistory.ResultRow;
import dev.signalbox.ping.ledger.LedgerHistory.Stored;
import dev.signalbox.ping.ledger.LedgerHistory.Submitted;
import dev.signalbox.ping.ledger.LedgerHistory.TaskRow;
import dev.signalbox.ping.ledger.LedgerHistoryCheck.Violation;
import dev.signalbox.ping.ledger.PackedResult.Packing;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.Session;
import dev.signalbox.testsupport.LongTest;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas on one PostgreSQL, killed again and again while workers lease, fall silent, come late,
 * lie and submit: whatever happens, {@link LedgerHistoryCheck} finds nothing wrong. Twenty seconds
 * in a build; {@code -Dsignalbox.replicas.seconds=600} for longer, {@code
 * -Dsignalbox.replicas.seed=N} for the choices of an earlier run.
 */
@ExtendWith(VertxExtension.class)
@LongTest
class ReplicasIT {

  private static final int REPLICAS = 3;
  private static final int WORKERS = 32;
  private static final int TASKS = 1_200;
  private static final Duration LEASE_TIME = Duration.ofSeconds(2);
  private static final int SECONDS = Integer.getInteger("signalbox.replicas.seconds", 20);
  private static final int TRIES = 6;

  @TempDir Path directory;

  private final Queue<Leased> leases = new ConcurrentLinkedQueue<>();
  private final Queue<Renewed> renewals = new ConcurrentLinkedQueue<>();
  private final Queue<Released> releases = new ConcurrentLinkedQueue<>();
  private final Queue<Submitted> submissions = new ConcurrentLinkedQueue<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicReferenceArray<@Nullable ReplicaProcess> replicas =
      new AtomicReferenceArray<>(REPLICAS);

  /** Whose work it is: a contributor with a key, or an address; some lie. */
  private record Person(@Nullable String name, @Nullable String key, String address, boolean lies) {

    String asWords() {
      return (name == null ? "-" : name) + " " + (key == null ? "-" : key);
    }
  }

  @Test
  void replicasThatDieGiveNoTaskTwiceAndLoseNothing(Vertx vertx) throws Exception {
    trial(vertx, false);
  }

  @Test
  void replicasGoByTheClockOfTheDatabase(Vertx vertx) throws Exception {
    assumeThat(ReplicaProcess.clocksCanBeSet())
        .as("libfaketime is not on this machine: no clock was set")
        .isTrue();
    trial(vertx, true);
  }

  private void trial(Vertx vertx, boolean clocks) throws Exception {
    long seed = Long.getLong("signalbox.replicas.seed", System.nanoTime());
    System.out.println("ReplicasIT: -Dsignalbox.replicas.seed=" + seed);
    try (LedgerFixture fixture = LedgerFixture.of(vertx, Engine.POSTGRESQL, directory)) {
      fixture.open(LedgerReplica.settings(TASKS, LEASE_TIME, LedgerFixture.NEVER));
      await(fixture.database().write(ReplicasIT::watch));
      List<Person> people = people(fixture);
      try {
        for (int i = 0; i < REPLICAS; i++) {
          replicas.set(i, start(fixture, i, clocks));
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
          Person person = people.get(i % people.size());
          Random random = new Random(seed + i);
          threads.add(
              Thread.ofPlatform().name("worker-" + i).start(() -> work(person, random, end)));
        }
        disturb(fixture, new Random(~seed), clocks, end);
        for (Thread thread : threads) {
          thread.join();
        }
      } finally {
        for (int i = 0; i < REPLICAS; i++) {
          ReplicaProcess replica = replicas.get(i);
          if (replica != null) {
            replica.close();
          }
        }
      }
      List<Violation> violations = LedgerHistoryCheck.violations(history(fixture));

      assertThat(violations).as("seed %d, %s", seed, List.copyOf(faults)).isEmpty();
      assertThat(submissions).filteredOn(one -> one.outcome() == Outcome.ACCEPTED).isNotEmpty();
      assertThat(faults).isNotEmpty();
      readable(fixture);
    }
  }

  private ReplicaProcess start(LedgerFixture fixture, int i, boolean clocks) throws IOException {
    // One replica keeps the right time.
    boolean wrong = clocks && i > 0;
    Path offset = wrong ? directory.resolve("clock-" + i) : null;
    if (offset != null && !Files.exists(offset)) {
      Files.writeString(offset, i == 1 ? "+7200s" : "-7200s");
    }
    ReplicaProcess replica = ReplicaProcess.start(fixture.config(), TASKS, LEASE_TIME, offset);
    if (offset != null) {
      long off = Math.abs(replica.clockAtStart() - System.currentTimeMillis());
      assertThat(off).as("the clock of replica %d is wrong", i).isGreaterThan(60_000);
    }
    return replica;
  }

  /** Kills replicas and starts them again, and has their clocks jump. */
  private void disturb(LedgerFixture fixture, Random random, boolean clocks, long end)
      throws IOException {
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500 + random.nextInt(2_500)));
      int i = random.nextInt(REPLICAS);
      if (clocks && i > 0 && random.nextBoolean()) {
        // Far off in any case, which the start of a replica makes sure of.
        String offset = (random.nextBoolean() ? "+" : "-") + (600 + random.nextInt(100_000)) + "s";
        Files.writeString(directory.resolve("clock-" + i), offset);
        faults.add("clock of " + i + " " + offset);
      } else {
        Objects.requireNonNull(replicas.get(i)).close();
        faults.add("kill " + i);
        replicas.set(i, start(fixture, i, clocks));
      }
    }
  }

  /** Six contributors, one of whom lies, and four addresses, one of which does. */
  private static List<Person> people(LedgerFixture fixture) {
    List<Person> people = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String name = "contributor-" + i;
      // The lease is the price of the name: its worker is never heard of again.
      var reply =
          (dev.signalbox.contracts.ping.LeaseTasksReply.Leased)
              fixture.leaseAs(name, null, "192.0.2." + i);
      people.add(new Person(name, reply.contributorKey(), "192.0.2." + i, i == 5));
    }
    for (int i = 0; i < 4; i++) {
      people.add(new Person(null, null, "198.51.100." + i, i == 3));
    }
    return people;
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  private static void pause(long ms) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
  }

  private @Nullable String ask(Random random, String request) {
    ReplicaProcess replica = replicas.get(random.nextInt(REPLICAS));
    return replica == null ? null : replica.ask(request);
  }

  /** The life of a worker; at the end it may leave tasks unfinished. */
  private void work(Person person, Random random, long end) {
    while (System.nanoTime() < end) {
      pause(random.nextInt(60));
      String order = random.nextInt(4) == 0 ? "LOWEST" : "SPREAD";
      long asked = now();
      String reply =
          ask(
              random,
              "lease "
                  + person.asWords()
                  + " "
                  + (1 + random.nextInt(4))
                  + " "
                  + order
                  + " "
                  + person.address);
      long told = now();
      if (reply == null || !reply.startsWith("leased ")) {
        pause(100);
        continue;
      }
      String[] words = reply.split(" ", -1);
      List<Integer> tasks = Arrays.stream(words[4].split(",", -1)).map(Integer::valueOf).toList();
      Leased lease = new Leased(words[1], tasks, asked, told, Long.parseLong(words[3]));
      leases.add(lease);
      finish(person, random, lease, words[2]);
    }
  }

  private void finish(Person person, Random random, Leased lease, String token) {
    for (int task : lease.tasks()) {
      switch (random.nextInt(24)) {
        case 0 -> {
          return; // killed
        }
        case 1 -> {
          long asked = now();
          releases.add(new Released(lease.leaseId(), asked));
          ask(random, "release " + lease.leaseId());
          return;
        }
        case 2 -> pause(LEASE_TIME.toMillis() + random.nextInt(800)); // falls silent, comes late
        case 3, 4, 5, 6, 7 -> {
          pause(random.nextInt(400));
          renew(random, lease);
        }
        default -> pause(random.nextInt(50));
      }
      submit(person, random, lease, token, task);
      if (random.nextInt(12) == 0) {
        submit(person, random, lease, token, task); // the answer got lost on its way, or so
      }
    }
  }

  private void renew(Random random, Leased lease) {
    long asked = now();
    String reply = ask(random, "renew " + lease.leaseId());
    if (reply != null && reply.startsWith("renewed ")) {
      renewals.add(new Renewed(lease.leaseId(), asked, now(), Long.parseLong(reply.substring(8))));
    }
  }

  private void submit(Person person, Random random, Leased lease, String token, int task) {
    byte[] bitmap = found(person, task);
    String request =
        "submit "
            + task
            + " "
            + token
            + " "
            + Base64.getEncoder().encodeToString(bitmap)
            + " "
            + person.address;
    for (int i = 0; i < TRIES; i++) {
      long asked = now();
      String reply = ask(random, request);
      Outcome outcome =
          reply == null
              ? Outcome.UNKNOWN
              : switch (reply) {
                case "accepted" -> Outcome.ACCEPTED;
                case "repeated" -> Outcome.REPEATED;
                default -> Outcome.REFUSED;
              };
      submissions.add(new Submitted(lease.leaseId(), task, bitmap, asked, outcome));
      if (outcome != Outcome.UNKNOWN) {
        return;
      }
      pause(200);
    }
  }

  /** One address in ten answers; two who ping see nearly the same, unless one of them lies. */
  private static byte[] found(Person person, int task) {
    int who = person.address.hashCode();
    Random truth = new Random(person.lies ? task * 31L + who : task);
    Random luck = new Random(task * 17L + who);
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    for (int i = 0; i < CensusResult.ADDRESSES; i++) {
      if (truth.nextInt(10) == 0 && luck.nextInt(50) != 0) {
        bitmap[i >> 3] |= (byte) (0x80 >> (i & 7));
      }
    }
    return bitmap;
  }

  /** Has the database note every change of a task. */
  private static int watch(Session session) {
    session.update(
        """
        CREATE TABLE audit (number BIGSERIAL PRIMARY KEY, at BIGINT NOT NULL,
          task_index INTEGER NOT NULL, copy INTEGER NOT NULL, status INTEGER NOT NULL,
          lease_id TEXT, participant BIGINT, expires_at BIGINT)\
        """);
    session.update(
        """
        CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            INSERT INTO audit (at, task_index, copy, status) VALUES (
              CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT), OLD.task_index,
              OLD.copy, -1);
          ELSE
            INSERT INTO audit (at, task_index, copy, status, lease_id, participant, expires_at)
            VALUES (CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT),
              NEW.task_index, NEW.copy, NEW.status, NEW.lease_id, NEW.participant,
              NEW.expires_at);
          END IF;
          RETURN NULL;
        END
        $$\
        """);
    return session.update(
        """
        CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON task
        FOR EACH ROW EXECUTE FUNCTION note_change()\
        """);
  }

  private LedgerHistory history(LedgerFixture fixture) {
    // The server ends what the killed had begun.
    await("the server has ended every transaction")
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            await(
                fixture
                    .database()
                    .read(session ->
                        session
                                .queryOne(
                                    """
                                    SELECT count(*) AS n FROM pg_stat_activity
                                    WHERE datname = current_database() AND state <> 'idle'
                                      AND pid <> pg_backend_pid()\
                                    """,
                                    row -> row.getInt("n"))
                                .orElseThrow()
                            == 0)));
    return await(
        fixture
            .database()
            .read(session ->
                new LedgerHistory(
                    LEASE_TIME.toMillis(),
                    25,
                    List.copyOf(leases),
                    List.copyOf(renewals),
                    List.copyOf(releases),
                    List.copyOf(submissions),
                    changes(session),
                    stored(session))));
  }

  private static List<Change> changes(Session session) {
    return session.query(
        "SELECT * FROM audit ORDER BY number",
        row ->
            new Change(
                row.getLong("number"),
                row.getLong("at"),
                row.getInt("task_index"),
                row.getInt("copy"),
                row.getInt("status"),
                row.getString("lease_id"),
                Rows.longOrNull(row, "participant"),
                Rows.longOrNull(row, "expires_at")));
  }

  private static Stored stored(Session session) {
    List<ResultRow> results =
        session.query(
            "SELECT * FROM result WHERE round = 1",
            row -> {
              byte[] data = row.getBytes("data");
              return new ResultRow(
                  row.getInt("task_index"),
                  row.getInt("copy"),
                  Rows.longOrNull(row, "participant"),
                  data == null
                      ? null
                      : new PackedResult(
                              Packing.of(row.getInt("packing")), data, row.getInt("answered"))
                          .unpack()
                          .bitmap(),
                  row.getInt("confirmations"));
            });
    Map<Long, Integer> credit = new HashMap<>();
    session.scan(
        """
        SELECT participant, count(*) AS tasks FROM result
        WHERE round = (SELECT max(id) FROM round) AND participant IS NOT NULL
        GROUP BY participant\
        """,
        row -> {
          credit.put(row.getLong("participant"), row.getInt("tasks"));
          return true;
        });
    return new Stored(
        session.query(
            "SELECT task_index, copy, status, COALESCE(answered, 0) AS answered FROM task",
            row ->
                new TaskRow(
                    row.getInt("task_index"),
                    row.getInt("copy"),
                    row.getInt("status"),
                    row.getInt("answered"))),
        results,
        session.query(
            "SELECT task_index, participant, agreed FROM comparison",
            row ->
                new Compared(
                    row.getInt("task_index"),
                    row.getLong("participant"),
                    row.getInt("agreed") == 1)),
        session
            .queryOne(
                """
                SELECT sum(available) AS a, sum(in_progress) AS b, sum(done) AS c, sum(error) AS d,
                  sum(answered) AS e FROM tally\
                """,
                row ->
                    List.of(
                        row.getLong("a"),
                        row.getLong("b"),
                        row.getLong("c"),
                        row.getLong("d"),
                        row.getLong("e")))
            .orElseThrow(),
        credit);
  }

  /** What is done can be read through the ledger, too. */
  private static void readable(LedgerFixture fixture) {
    List<Integer> done =
        await(
            fixture
                .database()
                .read(session ->
                    session.query(
                        "SELECT task_index FROM task WHERE copy = 0 AND status = 2",
                        row -> row.getInt("task_index"))));
    assertThat(done).isNotEmpty();
    for (int task : done) {
      assertThat(await(fixture.ledger().readResult(new ReadResultRequest(task, null))))
          .as("task %d", task)
          .isInstanceOf(ReadResultReply.Stored.class);
    }
  }
}

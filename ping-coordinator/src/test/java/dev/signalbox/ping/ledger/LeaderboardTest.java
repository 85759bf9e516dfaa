package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.Contributor;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsReply;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class LeaderboardTest {

  private static final String KEY = "the key of ada";
  private static final ListContributorsRequest FIRST = new ListContributorsRequest(0, 2);

  @Parameter Engine engine;

  @TempDir Path directory;

  private final AtomicLong nanos = new AtomicLong();
  private LedgerFixture fixture;
  private Leaderboard leaderboard;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory).open(1);
    leaderboard =
        new Leaderboard(fixture.database(), new Contributors(InstantSource.system()), nanos::get);
    for (String name : List.of("ada", "bob", "carol")) {
      update(
          "INSERT INTO participant (name, name_key, key_hash, listed, created_at, last_seen)"
              + " VALUES (?, ?, ?, 1, 0, 0)",
          name,
          name,
          Sha256.of("the key of " + name));
    }
    result(1, "ada", 65_536);
    result(2, "bob", 65_000);
    update("INSERT INTO round (id, started_at) VALUES (0, 0)");
    credit("bob", 1_000);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private void update(String sql, Object... values) {
    await(fixture.database().write(session -> session.update(sql, values)));
  }

  private void result(int index, String name, int pinged) {
    update(
        "INSERT INTO result (round, task_index, participant, answered, pinged, packing, stored_at)"
            + " SELECT 1, ?, id, 0, ?, 0, 0 FROM participant WHERE name = ?",
        index,
        pinged,
        name);
  }

  private void credit(String name, int addresses) {
    update(
        "INSERT INTO credit (round, participant, tasks, addresses)"
            + " SELECT 0, id, 1, ? FROM participant WHERE name = ?",
        addresses,
        name);
  }

  private List<String> leaders() {
    return await(leaderboard.list(FIRST)).contributors().stream().map(Contributor::name).toList();
  }

  private Contributor one(String name) {
    return ((GetContributorReply.Found)
            await(leaderboard.get(new GetContributorRequest(name, null))))
        .contributor();
  }

  @Test
  void givenResultsAndCredit_whenListed_thenTheOrderAndEachOnesSumsAgree() {
    ListContributorsReply page = await(leaderboard.list(FIRST));

    assertThat(page.more()).isTrue();
    assertThat(page.contributors()).extracting(Contributor::name).containsExactly("bob", "ada");
    assertThat(page.contributors().getFirst()).isEqualTo(one("bob"));
    assertThat(one("bob").addresses()).isEqualTo(66_000);
    assertThat(one("bob").tasks()).isEqualTo(2);
    assertThat(one("carol").rank()).isEqualTo(3);
    assertThat(await(leaderboard.list(new ListContributorsRequest(2, 2))).more()).isFalse();
    assertThat(await(leaderboard.list(new ListContributorsRequest(9, 2))).contributors()).isEmpty();
  }

  @Test
  void givenAResult_whenListedAgain_thenItCountsAfterSomeSecondsAndForOneselfAtOnce() {
    assertThat(leaders()).containsExactly("bob", "ada");
    result(3, "ada", 65_536);
    nanos.addAndGet(Leaderboard.KEPT.toNanos() - 1);

    assertThat(leaders()).containsExactly("bob", "ada");
    assertThat(one("ada").rank()).isEqualTo(1);

    nanos.addAndGet(1);

    assertThat(leaders()).containsExactly("ada", "bob");
  }

  @Test
  void givenManyWhoAskAtOnce_whenListed_thenItIsReadOnceForAll() {
    Future<ListContributorsReply> first = leaderboard.list(FIRST);
    Future<ListContributorsReply> second = leaderboard.list(new ListContributorsRequest(0, 2));

    assertThat(await(first)).isSameAs(await(second));
    assertThat(await(leaderboard.list(FIRST))).isSameAs(await(first));
  }

  @Test
  void givenAReadThatTakesLongerThanItIsKept_whenListed_thenNoOtherIsBegun(Vertx vertx) {
    Promise<List<Future<ListContributorsReply>>> asked = Promise.promise();

    // On one event loop, where the first read cannot end before the second is asked for.
    vertx.runOnContext(_ -> {
      Future<ListContributorsReply> first = leaderboard.list(FIRST);
      nanos.addAndGet(2 * Leaderboard.KEPT.toNanos());
      asked.complete(List.of(first, leaderboard.list(FIRST)));
    });

    List<Future<ListContributorsReply>> both = await(asked.future());
    ListContributorsReply first = await(both.getFirst());
    assertThat(await(both.getLast())).isSameAs(first);
    // It is kept from a moment after those who asked are told.
    Awaitility.await()
        .untilAsserted(() -> {
          nanos.addAndGet(Leaderboard.KEPT.toNanos() + 1);
          assertThat(await(leaderboard.list(FIRST))).isNotSameAs(first);
        });
  }

  @Test
  void givenSomeoneListed_whenTheyNoMoreWantToBe_thenTheyAreNotFromThenOn() {
    assertThat(leaders()).containsExactly("bob", "ada");

    await(leaderboard.change(new ChangeContributorRequest("ada", KEY, null, false)));

    assertThat(leaders()).containsExactly("bob");
  }

  @Test
  void givenAReadThatFails_whenListedAgain_thenItIsReadAgain() {
    update("ALTER TABLE credit RENAME TO elsewhere");
    assertThatExceptionOfType(ServiceException.class).isThrownBy(this::leaders);
    update("ALTER TABLE elsewhere RENAME TO credit");

    assertThat(leaders()).containsExactly("bob", "ada");
  }
}

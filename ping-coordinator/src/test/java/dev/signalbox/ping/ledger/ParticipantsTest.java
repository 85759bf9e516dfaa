package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.Contributor;
import dev.signalbox.contracts.ping.GetContributorReply.Found;
import dev.signalbox.contracts.ping.GetContributorReply.Unknown;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyLeased;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyNames;
import dev.signalbox.contracts.ping.LeaseTasksReply.WrongKey;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.contracts.ping.LookUpReply;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may take how much, and what they are shown to have done. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class ParticipantsTest {

  private static final ContributorRules RULES = new ContributorRules(4, 6, 3, 0, 25);

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory);
    fixture.open(
        new LedgerSettings(
            LedgerFixture.LEASE_TIME,
            LedgerFixture.NEVER,
            true,
            0,
            100,
            65_536,
            10_000,
            500,
            RULES));
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private LeaseTasksReply lease(
      @Nullable String name, @Nullable String key, int count, Order order, String client) {
    return await(
        fixture
            .ledger()
            .lease(
                new LeaseTasksRequest(
                    "worker", name, null, count, order, null, key, null, client)));
  }

  private Leased first(String name) {
    return (Leased) lease(name, null, 1, Order.SPREAD, "192.0.2.1");
  }

  private static String keyOf(Leased leased) {
    String key = leased.contributorKey();
    assertThat(key).isNotNull();
    return key;
  }

  private Contributor me(String key) {
    return ((Found) await(fixture.ledger().contributor(new GetContributorRequest(null, key))))
        .contributor();
  }

  @Test
  void givenANewName_whenItIsUsed_thenItGetsAKeyOnceAndNeedsItFromThenOn() {
    String key = keyOf(first("ada"));

    assertThat(((Leased) lease("ada", key, 1, Order.SPREAD, "192.0.2.9")).contributorKey())
        .isNull();
    assertThat(lease("ada", null, 1, Order.SPREAD, "192.0.2.1")).isInstanceOf(WrongKey.class);
    assertThat(lease("ada", "guess", 1, Order.SPREAD, "192.0.2.1")).isInstanceOf(WrongKey.class);
    assertThat(lease("ada", key + "x", 1, Order.SPREAD, "192.0.2.1")).isInstanceOf(WrongKey.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADA", " ada ", "ａｄａ"})
  void givenAName_whenOneLooksTheSame_thenItIsTheSame(String name) {
    first("ada");

    assertThat(lease(name, null, 1, Order.SPREAD, "192.0.2.1")).isInstanceOf(WrongKey.class);
  }

  @Test
  void givenAKey_whenStorageIsRead_thenItIsNotThere() {
    String key = keyOf(first("ada"));

    List<String> texts =
        await(
            fixture
                .database()
                .read(session ->
                    session.query(
                        "SELECT name, name_key, created_from, address FROM participant",
                        row ->
                            row.getString(1)
                                + row.getString(2)
                                + row.getString(3)
                                + row.getString(4))));
    assertThat(texts).noneMatch(text -> text.contains(key));
  }

  @Test
  void givenAsManyTasksAsOneMayHold_whenMoreAreAskedFor_thenThereAreNoneUntilSomeAreDone() {
    Leased leased = first("ada");
    String key = keyOf(leased);

    assertThat(((Leased) lease("ada", key, 64, Order.SPREAD, "192.0.2.1")).tasks()).hasSize(3);
    assertThat(lease("ada", key, 1, Order.SPREAD, "192.0.2.2")).isEqualTo(new TooManyLeased(4));

    fixture.submit(
        leased.tasks().getFirst().taskIndex(), leased.token(), Format.BITMAP, new byte[8_192]);
    assertThat(((Leased) lease("ada", key, 64, Order.SPREAD, "192.0.2.1")).tasks()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void givenAnAddressWithoutAName_whenItHoldsAllItMay_thenAnotherAddressStillGetsTasks(
      Order order) {
    assertThat(((Leased) lease(null, null, 64, order, "192.0.2.1")).tasks()).hasSize(6);

    assertThat(lease(null, null, 1, order, "192.0.2.1")).isEqualTo(new TooManyLeased(6));
    assertThat(lease(null, null, 1, order, "192.0.2.2")).isInstanceOf(Leased.class);
  }

  @Test
  void givenLeasesThatEnded_whenMoreAreAskedFor_thenTheyCountNoMore() {
    lease(null, null, 64, Order.SPREAD, "192.0.2.1");
    fixture.endLeases();

    assertThat(((Leased) lease(null, null, 64, Order.SPREAD, "192.0.2.1")).tasks()).hasSize(6);
  }

  @Test
  void givenAReleasedLease_whenMoreAreAskedFor_thenItCountsNoMore() {
    Leased leased = (Leased) lease(null, null, 64, Order.SPREAD, "192.0.2.1");
    await(fixture.ledger().release(new ReleaseLeaseRequest(leased.leaseId())));

    assertThat(((Leased) lease(null, null, 64, Order.SPREAD, "192.0.2.1")).tasks()).hasSize(6);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2::1, 2001:db8:1:2:ffff::7, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "192.0.2.1, 192.0.2.2, false"
  })
  void givenTwoAddresses_whenTheyAreOfOneHost_thenTheyShareTheirBound(
      String one, String other, boolean same) {
    lease(null, null, 64, Order.SPREAD, one);

    assertThat(lease(null, null, 1, Order.SPREAD, other))
        .isInstanceOf(same ? TooManyLeased.class : Leased.class);
  }

  @Test
  void givenManyNamesOfOneAddress_whenOneMoreIsUsed_thenItIsRefusedThereAndNotElsewhere() {
    for (int i = 0; i < 3; i++) {
      first("name-" + i);
    }

    assertThat(lease("one-more", null, 1, Order.SPREAD, "192.0.2.1"))
        .isEqualTo(new TooManyNames(3));
    assertThat(lease("one-more", null, 1, Order.SPREAD, "192.0.2.2")).isInstanceOf(Leased.class);
  }

  @Test
  void givenAContributor_whenNotListed_thenOnlyTheKeyShowsThem() {
    String key = keyOf(first("ada"));

    assertThat(await(fixture.ledger().contributor(new GetContributorRequest("ada", null))))
        .isInstanceOf(Unknown.class);
    assertThat(await(fixture.ledger().contributor(new GetContributorRequest("ada", "x"))))
        .isInstanceOf(Unknown.class);
    assertThat(await(fixture.ledger().contributor(new GetContributorRequest(null, null))))
        .isInstanceOf(Unknown.class);
    assertThat(await(fixture.ledger().contributor(new GetContributorRequest("Ada", key))))
        .isInstanceOf(Found.class);
    assertThat(me(key).name()).isEqualTo("ada");
    assertThat(me(key).rank()).isNull();
    assertThat(leaders(0, 10)).isEmpty();
  }

  @Test
  void givenATaskOfAContributor_whenItIsLookedUp_thenOnlyOneWhoIsListedIsNamed() {
    Leased leased = (Leased) lease("ada", null, 1, Order.LOWEST, "192.0.2.1");
    LookUpRequest block = new LookUpRequest(0, 16);
    assertThat(await(fixture.ledger().lookUp(block)).task())
        .extracting(LookUpReply.TaskState::status, LookUpReply.TaskState::contributor)
        .containsExactly(TaskStatus.IN_PROGRESS, null);

    await(
        fixture
            .ledger()
            .changeContributor(new ChangeContributorRequest("ada", keyOf(leased), null, true)));
    LookUpReply working = await(fixture.ledger().lookUp(block));
    fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]);
    LookUpReply done = await(fixture.ledger().lookUp(new LookUpRequest(7, 32)));

    assertThat(working.task()).extracting(LookUpReply.TaskState::contributor).isEqualTo("ada");
    assertThat(done.task())
        .extracting(LookUpReply.TaskState::status, LookUpReply.TaskState::contributor)
        .containsExactly(TaskStatus.DONE, "ada");
    assertThat(done.name()).isEqualTo("This network");
    assertThat(await(fixture.ledger().lookUp(new LookUpRequest(0, 15))).task()).isNull();
    assertThat(await(fixture.ledger().lookUp(new LookUpRequest(0xffff0000L, 16))).task()).isNull();
  }

  @Test
  void givenAContributor_whenTheyChangeTeamAndListing_thenBothShow() {
    String key = keyOf(first("ada"));

    await(
        fixture
            .ledger()
            .changeContributor(new ChangeContributorRequest("ada", key, "analysts", true)));
    assertThat(me(key).team()).isEqualTo("analysts");
    Awaitility.await().untilAsserted(() -> assertThat(leaders(0, 10)).containsExactly("ada"));

    await(fixture.ledger().changeContributor(new ChangeContributorRequest("ada", key, "", null)));
    assertThat(me(key).team()).isNull();
    assertThat(me(key).listed()).isTrue();
    assertThat(
            await(
                fixture
                    .ledger()
                    .changeContributor(new ChangeContributorRequest("ada", "x", "t", false))))
        .isInstanceOf(Unknown.class);
    assertThat(me(key).listed()).isTrue();
  }

  @Test
  void givenResults_whenTheLeaderboardIsRead_thenItIsInTheOrderOfAddresses() {
    List<String> names = List.of("ada", "bob", "carol");
    for (int i = 0; i < names.size(); i++) {
      Leased leased = first(names.get(i));
      String key = keyOf(leased);
      await(
          fixture
              .ledger()
              .changeContributor(new ChangeContributorRequest(names.get(i), key, null, true)));
      submit(leased);
      for (int more = 0; more < i; more++) {
        submit((Leased) lease(names.get(i), key, 1, Order.SPREAD, "192.0.2.1"));
      }
      assertThat(me(key).tasks()).isEqualTo(i + 1);
      assertThat(me(key).addresses()).isEqualTo((i + 1) * 65_536L);
      assertThat(me(key).rank()).isEqualTo(1);
      assertThat(me(key).streakDays()).isEqualTo(1);
    }

    Awaitility.await()
        .untilAsserted(() -> assertThat(leaders(0, 10)).containsExactly("carol", "bob", "ada"));
    assertThat(leaders(1, 1)).containsExactly("bob");
  }

  @Test
  void givenDaysWithResults_whenOneIsMissing_thenTheStreakBeginsAfterIt() {
    Leased leased = first("ada");
    String key = keyOf(leased);
    submit(leased);
    Set<Integer> daysAgo = new HashSet<>(List.of(1, 2, 4, 5));
    await(
        fixture
            .database()
            .write(session -> {
              for (int days : daysAgo) {
                session.update(
                    "INSERT INTO activity (participant, day)"
                        + " SELECT participant, day - ? FROM activity ORDER BY day DESC LIMIT 1",
                    days);
              }
              return null;
            }));

    assertThat(me(key).streakDays()).isEqualTo(3);
  }

  @Test
  void givenNoTaskLeft_whenOneWhoHoldsNoneAsks_thenThereIsNone() {
    await(fixture.database().write(session -> session.update("UPDATE task SET status = 2")));

    assertThat(lease(null, null, 1, Order.SPREAD, "192.0.2.1")).isInstanceOf(NoneAvailable.class);
  }

  private void submit(Leased leased) {
    fixture.submit(
        leased.tasks().getFirst().taskIndex(), leased.token(), Format.BITMAP, new byte[8_192]);
  }

  private List<String> leaders(int after, int limit) {
    return await(fixture.ledger().contributors(new ListContributorsRequest(after, limit)))
        .contributors()
        .stream()
        .map(Contributor::name)
        .toList();
  }
}

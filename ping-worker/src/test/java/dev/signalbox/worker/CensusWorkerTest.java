package dev.signalbox.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.worker.CensusWorker.Ending;
import dev.signalbox.worker.CensusWorker.Settings;
import dev.signalbox.worker.FakeSite.Answer;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.VirtualNetwork;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.state.StateDirectory;
import dev.signalbox.worker.state.WorkerState;
import dev.signalbox.worker.state.WorkerState.GivenUpBlock;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A worker with a site on loopback and a network that the test makes up. */
@Execution(ExecutionMode.CONCURRENT) // They wait most of the time.
class CensusWorkerTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final long TAIL = 200_000_000L;

  @TempDir Path temporary;

  private final FakeSite site = new FakeSite(257, 3);
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private VirtualNetwork network = new VirtualNetwork(address -> (address & 1) == 0);

  /** A worker that runs, as a process would have it. */
  private final class Run implements AutoCloseable {

    final Vertx vertx = Vertx.vertx();
    final StateDirectory directory = StateDirectory.open(temporary, site.uri());
    final CensusWorker worker;
    final CompletableFuture<Ending> ended;
    final PingEngine engine;

    Run(String contributor, int rate, int tasks, boolean once, boolean giveBack) {
      engine = new PingEngine(rate, 0, TAIL, true);
      VirtualNetwork here = network;
      engine.start(() -> here);
      worker =
          new CensusWorker(
              vertx,
              new SiteClient(vertx, site.uri(), null, "test"),
              directory,
              engine,
              new Settings("here", contributor, null, contributor != null, tasks, once, giveBack),
              new Reporter(
                  Reporter.Style.JSON,
                  new PrintStream(output, true, StandardCharsets.UTF_8),
                  () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime())));
      ended = worker.start().toCompletionStage().toCompletableFuture();
    }

    Ending end() {
      return ended.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
      worker.stop();
      end();
      engine.close();
      vertx.close().toCompletionStage().toCompletableFuture().join();
      directory.close();
    }
  }

  private Run fast(boolean once) {
    return new Run(null, 1_000_000, 2, once, false);
  }

  private Run slow() {
    return new Run(null, 2_000, 2, false, false);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private String printed() {
    return output.toString(StandardCharsets.UTF_8);
  }

  @Test
  void givenTasks_whenRunOnce_thenTheResultsOfOneLeaseAreSubmittedWithoutTheExcluded() {
    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).containsOnlyKeys(257, 258);
    byte[] codes = site.results.get(257);
    assertThat(codes).hasSize(65_536);
    assertThat(codes[4]).isNotZero();
    assertThat(codes[5]).isZero();
    assertThat(codes[(2 << 8) + 4]).isZero();
    assertThat(network.sent.keySet()).noneMatch(address -> (address & 0xff00) == 0x0200);
  }

  @Test
  void givenMoreTasksThanOneLease_whenRun_thenAllAreDoneAndTheWorkerWaitsForMore() {
    try (Run run = fast(false)) {
      await().atMost(LONG).until(() -> site.results.size() == 3);
      await().atMost(LONG).until(() -> printed().contains("Every task is done"));
      assertThat(run.ended).isNotDone();
    }
  }

  @Test
  void givenASiteThatIsDownAtFirst_whenItComes_thenTheWorkerBegins() {
    site.down();
    try (Run run = fast(true)) {
      await().atMost(LONG).until(() -> printed().contains("\"waiting\""));
      site.up();

      assertThat(run.end()).isEqualTo(Ending.WELL);
    }
    assertThat(site.results).hasSize(2);
  }

  @Test
  void givenASiteThatRefusesResultsForAWhile_whenItTakesThem_thenNothingIsLostOrSentTwice() {
    site.nextResults.add(Answer.problem(503, "UNAVAILABLE", "restarting", "Retry-After", "0"));
    site.nextResults.add(new Answer(200, "<html>what"));
    site.nextResults.add(Answer.problem(503, "UNAVAILABLE", "restarting", "Retry-After", "0"));
    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).hasSize(2);
    assertThat(network.sent.values()).allMatch(times -> times.get() == 1);
  }

  @Test
  void givenAResultThatIsRefusedForGood_whenSubmitted_thenItIsNotRepeated() {
    site.nextResults.add(Answer.problem(400, "INVALID_REQUEST", "Invalid result"));
    site.nextResults.add(Answer.problem(409, "NO_LEASE", "somebody else has it"));
    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.requests("PUT", "/result")).hasSize(2);
    assertThat(printed()).contains("Invalid result").contains("somebody else has it");
  }

  @Test
  void givenALeaseThatIsLost_whenAHeartbeatSaysSo_thenItsTasksAreDroppedAndOthersLeased() {
    site.leaseSeconds = 3;
    site.nextHeartbeats.add(Answer.problem(409, "LEASE_LOST", "The lease has ended"));
    try (Run run = slow()) {
      await().atMost(LONG).until(() -> printed().contains("\"lost\""));
      await().atMost(LONG).until(() -> site.requests("POST", "/leases").size() > 1);
      assertThat(run.ended).isNotDone();
    }
    assertThat(printed()).contains("The lease has ended");
  }

  @Test
  void givenAProxyThatAnswersHeartbeats_whenItRefusesThem_thenTheLeaseIsKept() {
    try (Run _ = slow()) {
      await().atMost(LONG).until(() -> network.sent.size() > 100);
    }
    site.nextHeartbeats.add(new Answer(404, "<html>"));
    site.nextHeartbeats.add(new Answer(409, "{\"code\":409}"));
    site.nextHeartbeats.add(Answer.problem(404, "NOT_FOUND", "no such path"));

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).containsOnlyKeys(257, 258);
    assertThat(printed()).doesNotContain("\"lost\"");
  }

  @Test
  void givenAProxyThatAnswersARequestForALease_whenItRefusesIt_thenTheSameIsAskedForAgain() {
    site.nextLeases.add(new Answer(422, "<html>", "Retry-After", "1"));

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.requests("POST", "/leases"))
        .extracting(request -> request.header("Idempotency-Key"))
        .hasSize(2)
        .containsOnly(site.requests.getFirst().header("Idempotency-Key"));
  }

  @Test
  void givenAProxyThatAnswersResults_whenItRefusesThem_thenTheyAreSubmittedLater() {
    site.nextResults.add(new Answer(404, "<html>", "Retry-After", "1"));
    site.nextResults.add(new Answer(409, "{\"code\":409}", "Retry-After", "1"));

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).containsOnlyKeys(257, 258);
  }

  @Test
  void givenANetworkThatWantsALogin_whenItAnswersResults_thenTheyAreSubmittedLater() {
    site.nextResults.add(new Answer(200, "{}"));
    site.nextResults.add(new Answer(200, "{\"task_index\":1,\"answered\":1}"));

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).containsOnlyKeys(257, 258);
    assertThat(printed()).contains("its answer has no usable task_index", "another result");
  }

  @Test
  void givenALeaseThatEndsSoon_whenPinging_thenHeartbeatsComeInTimeAndTellWhatIsDone() {
    site.leaseSeconds = 3;
    try (Run _ = slow()) {
      await().atMost(LONG).until(() -> site.requests("POST", "/heartbeat").size() >= 3);
    }

    assertThat(site.requests("POST", "/heartbeat").getLast().text())
        .matches("\\{\"done\":\\{.*\"257\":0\\.\\d+.*}}");
  }

  @Test
  void givenAStop_whenStartedAgain_thenItGoesOnAndNobodyThatAnsweredIsPingedAgain() {
    try (Run _ = slow()) {
      await().atMost(LONG).until(() -> network.sent.size() > 3_000);
    }
    VirtualNetwork before = network;
    network = new VirtualNetwork(address -> (address & 1) == 0);
    assertThat(printed()).contains("\"stopped\",\"blocks\":2");

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(printed()).contains("\"resumed\",\"blocks\":2");
    assertThat(site.requests("POST", "/leases")).hasSize(1);
    assertThat(site.results).containsOnlyKeys(257, 258);
    assertThat(network.sent.keySet())
        .noneMatch(address -> (address & 1) == 0 && before.sent.containsKey(address));
    byte[] codes = site.results.get(258);
    for (int position = 0; position < codes.length; position++) {
      boolean answers = (position & 1) == 0 && position >> 8 != 2;
      assertThat(codes[position] != 0).isEqualTo(answers);
    }
  }

  @Test
  void givenALeaseLostMeanwhile_whenStartedAgain_thenItsTasksAreDropped() {
    try (Run _ = slow()) {
      await().atMost(LONG).until(() -> network.sent.size() > 100);
    }
    site.nextHeartbeats.add(Answer.problem(409, "LEASE_LOST", "The lease has ended"));

    try (Run _ = fast(false)) {
      await().atMost(LONG).until(() -> site.results.containsKey(259));
    }

    assertThat(site.results).containsOnlyKeys(259);
  }

  @Test
  void givenAKillBetweenRequestAndAnswer_whenStartedAgain_thenTheSameLeaseIsAskedFor() {
    site.nextLeases.add(Answer.problem(503, "UNAVAILABLE", "no", "Retry-After", "600"));
    try (Run _ = fast(true)) {
      await().atMost(LONG).until(() -> printed().contains("\"waiting\""));
    }
    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.requests("POST", "/leases"))
        .extracting(request -> request.header("Idempotency-Key"))
        .hasSize(2)
        .containsOnly(site.requests.getFirst().header("Idempotency-Key"));
  }

  private static Answer optOutByNow() {
    return new Answer(
        200,
        """
        {"expires_at":"%s","tasks":[{"task_index":257,"exclude":["1.1.0.0/17"]},
         {"task_index":258,"exclude":[]}]}\
        """
            .formatted(soon()));
  }

  @Test
  void givenALeaseThatIsAskedForAgainAfterAKill_whenItComes_thenAHeartbeatComesBeforeThePings() {
    site.nextLeases.add(Answer.problem(503, "UNAVAILABLE", "no", "Retry-After", "600"));
    site.nextHeartbeats.add(optOutByNow());
    try (Run _ = fast(true)) {
      await().atMost(LONG).until(() -> printed().contains("\"waiting\""));
    }

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).containsOnlyKeys(257, 258);
    assertThat(network.sent.keySet()).noneMatch(Cidr.parseV4("1.1.0.0/17")::containsV4);
  }

  @Test
  void givenALeaseThatIsAskedForTwice_whenItComes_thenAHeartbeatComesBeforeThePings() {
    site.nextLeases.add(new Answer(504, "<html>", "Retry-After", "1"));
    site.nextHeartbeats.add(optOutByNow());

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).containsOnlyKeys(257, 258);
    assertThat(network.sent.keySet()).noneMatch(Cidr.parseV4("1.1.0.0/17")::containsV4);
  }

  @Test
  void givenABlockThatWasGivenUpInTheLastRun_whenItIsLeased_thenItIsKeptAndAnotherIsAskedFor() {
    try (StateDirectory directory = StateDirectory.open(temporary, site.uri())) {
      directory.save(
          new WorkerState(
              List.of(), null, List.of(new GivenUpBlock(257, Instant.now().toString()))));
    }

    try (Run run = new Run(null, 1_000_000, 1, false, false)) {
      await().atMost(LONG).until(() -> site.results.containsKey(258));
      assertThat(run.ended).isNotDone();
      assertThat(site.requests("DELETE", "/leases/lease-1")).isEmpty();
    }

    assertThat(site.results).doesNotContainKey(257);
    assertThat(network.sent.keySet()).noneMatch(Cidr.parseV4("1.1.0.0/16")::containsV4);
    try (StateDirectory directory = StateDirectory.open(temporary, site.uri())) {
      assertThat(directory.load().givenUp()).extracting(GivenUpBlock::index).containsExactly(257);
    }
  }

  @Test
  void givenOnlyABlockThatWasGivenUp_whenRunOnce_thenItGoesBackAtOnce() {
    try (StateDirectory directory = StateDirectory.open(temporary, site.uri())) {
      directory.save(
          new WorkerState(
              List.of(), null, List.of(new GivenUpBlock(257, Instant.now().toString()))));
    }

    try (Run run = new Run(null, 1_000_000, 1, true, false)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.requests("DELETE", "/leases/lease-1")).hasSize(1);
    assertThat(network.sent).isEmpty();
  }

  @Test
  void givenFinishedWorkThatTheSiteDoesNotTakeNow_whenGivenBack_thenItsLeaseStays() {
    for (int i = 0; i < 100; i++) {
      site.nextResults.add(Answer.problem(503, "UNAVAILABLE", "not now"));
    }
    try (Run _ = new Run(null, 1_000_000, 1, true, true)) {
      await().atMost(LONG).until(() -> !site.requests("PUT", "/result").isEmpty());
    }

    assertThat(site.requests("DELETE", "lease-1")).isEmpty();
  }

  @Test
  void givenStateThatCannotBeRead_whenStarted_thenItIsLeftAsItIs() throws IOException {
    try (Run _ = slow()) {
      await().atMost(LONG).until(() -> !site.requests("POST", "/leases").isEmpty());
    }
    Path leases;
    try (Stream<Path> files = Files.list(temporary)) {
      leases =
          files
              .filter(file -> file.getFileName().toString().startsWith("leases-"))
              .findFirst()
              .orElseThrow();
    }
    Files.delete(leases);
    Files.createDirectory(leases);
    Files.writeString(leases.resolve("kept"), "x");

    try (Run run = fast(true)) {
      assertThat(run.end().exitCode()).isEqualTo(1);
    }

    assertThat(leases.resolve("kept")).hasContent("x");
  }

  private static Answer lease(String expiresAt, int index, String more) {
    return new Answer(
        201,
        """
        {"lease_id":"first","token":"t","expires_at":"%s",
         "tasks":[{"task_index":%d,"exclude":[]}]%s}\
        """
            .formatted(expiresAt, index, more));
  }

  private static String soon() {
    return Instant.now().plusSeconds(600).toString();
  }

  private void tellKey() {
    site.nextLeases.add(
        lease(soon(), 265, ",\"max_rate_pps\":1000000,\"contributor_key\":\"secret\""));
  }

  @Test
  void givenAContributorWhoWantsToBeListed_whenLeased_thenTheSiteIsToldOnceWithTheKey() {
    tellKey();
    site.nextChanges.add(Answer.problem(503, "UNAVAILABLE", "not now"));

    try (Run _ = new Run("ada lovelace", 1_000_000, 2, false, false)) {
      await().atMost(LONG).until(() -> site.results.size() > 1);
    }

    List<FakeSite.Request> changes = site.requests("PATCH", "/contributors/ada lovelace");
    assertThat(changes).hasSize(2);
    assertThat(changes)
        .allSatisfy(change -> {
          assertThat(change.header("Contributor-Key")).isEqualTo("secret");
          assertThat(change.text()).isEqualTo("{\"listed\":true}");
        });
  }

  @Test
  void givenANewContributor_whenTheKeyIsTold_thenItIsKeptAndSentEverAfter() {
    tellKey();
    try (Run run = new Run("ada", 1_000_000, 1, false, false)) {
      await().atMost(LONG).until(() -> run.directory.contributorKey("ada") != null);
    }
    assertThat(site.requests("POST", "/leases").getFirst().header("Contributor-Key")).isEmpty();
    site.requests.clear();
    network = new VirtualNetwork(_ -> false);
    try (Run _ = new Run("ada", 1_000_000, 2, false, false)) {
      await().atMost(LONG).until(() -> !site.requests("POST", "/leases").isEmpty());
    }

    assertThat(site.requests("POST", "/leases").getFirst().header("Contributor-Key"))
        .isEqualTo("secret");
  }

  @Test
  void givenANameOfSomebodyElse_whenLeasing_thenItSaysSoAndEnds() {
    site.nextLeases.add(Answer.problem(403, "CONTRIBUTOR_KEY", "The name has a contributor"));

    try (Run run = new Run("ada", 1_000, 1, false, false)) {
      Ending ending = run.end();

      assertThat(ending.exitCode()).isEqualTo(WorkerCommand.NAME_TAKEN);
      assertThat(ending.message()).contains("\"ada\" is registered at this site", "--name");
    }
  }

  @Test
  void givenASiteThatRefusesTheVeryFirstRequest_whenLeasing_thenItSaysWhyAndEnds() {
    site.nextLeases.add(Answer.problem(401, "UNAUTHENTICATED", "A token is needed"));

    try (Run run = fast(false)) {
      assertThat(run.end()).isEqualTo(new Ending(1, "The site refuses: A token is needed"));
    }
  }

  @Test
  void givenAKeyThatWasUsedForSomethingElse_whenLeasing_thenAnotherIsTaken() {
    site.nextLeases.add(Answer.problem(422, "IDEMPOTENCY_KEY", "used", "Retry-After", "0"));

    try (Run run = fast(true)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.requests("POST", "/leases"))
        .extracting(request -> request.header("Idempotency-Key"))
        .doesNotHaveDuplicates();
  }

  @Test
  void givenGiveBack_whenStopped_thenTheLeaseIsReleasedAndForgotten() {
    try (Run _ = new Run(null, 2_000, 2, false, true)) {
      await().atMost(LONG).until(() -> network.sent.size() > 100);
    }

    assertThat(site.requests("DELETE", "/leases/lease-1")).hasSize(1);
    try (StateDirectory directory = StateDirectory.open(temporary, site.uri())) {
      assertThat(directory.load().leases()).isEmpty();
    }
  }

  @Test
  void givenALowerRateOfTheSite_whenLeased_thenItHolds() {
    site.nextLeases.add(lease(soon(), 265, ",\"max_rate_pps\":50"));

    try (Run run = new Run(null, 1_000_000, 1, false, false)) {
      await().atMost(LONG).until(() -> run.engine.status().rate() == 50);
    }
  }

  @Test
  void givenAnOutageOfNetworkAndSite_whenBothAreBack_thenNobodyWasTakenForSilent() {
    try (Run run = new Run(null, 20_000, 2, true, false)) {
      await().atMost(LONG).until(() -> network.sent.size() > 3_000);
      site.down();
      network.away = true;
      await().atMost(LONG).until(() -> run.engine.status().unreachable());
      network.away = false;
      site.up();

      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(site.results).containsOnlyKeys(257, 258);
    site.results
        .values()
        .forEach(codes -> {
          for (int position = 0; position < codes.length; position++) {
            boolean answers = (position & 1) == 0 && position >> 8 != 2;
            assertThat(codes[position] != 0).isEqualTo(answers);
          }
        });
  }

  @Test
  void givenASiteThatIsGoneWhenABlockIsPinged_whenNobodyAnswersThere_thenItIsNotSubmitted() {
    network = new VirtualNetwork(_ -> false);
    try (Run run = new Run(null, 20_000, 1, true, false)) {
      await().atMost(LONG).until(() -> network.sent.size() > 3_000);
      site.down();
      await().atMost(LONG).until(() -> run.engine.status().unreachable());
      assertThat(site.results).isEmpty();
      site.up();

      assertThat(run.end()).isEqualTo(Ending.WELL);
    }
    assertThat(site.results).containsOnlyKeys(257);
    assertThat(network.sent.values()).anyMatch(times -> times.get() > 1);
  }

  @Test
  void givenAnOptOutDuringALease_whenAHeartbeatTellsIt_thenItIsNotPingedAnyMore() {
    site.leaseSeconds = 3;
    site.nextHeartbeats.add(
        new Answer(
            200,
            """
            {"expires_at":"%s","tasks":[{"task_index":257,"exclude":["1.1.0.0/17"]}]}\
            """
                .formatted(soon())));
    try (Run run = new Run(null, 20_000, 2, true, false)) {
      assertThat(run.end()).isEqualTo(Ending.WELL);
    }

    assertThat(printed()).contains("the site has taken them from the census");
    assertThat(site.results).containsOnlyKeys(257);
    byte[] codes = site.results.get(257);
    assertThat(Arrays.copyOf(codes, 32_768)).containsOnly(0);
    assertThat(codes[40_000]).isNotZero();
    assertThat(
            network.sent.keySet().stream().filter(Cidr.parseV4("1.1.0.0/17")::containsV4).count())
        .isLessThan(32_768);
  }

  @Test
  void givenATaskThatIsLeasedAgain_whenTheFirstLeaseStillHasIt_thenItIsPingedUnderTheNewOne() {
    site.nextLeases.add(lease(soon(), 300, ""));
    site.nextLeases.add(lease(soon(), 300, ",\"max_rate_pps\":20000"));
    try (Run _ = new Run(null, 20_000, 2, false, false)) {
      await().atMost(LONG).until(() -> printed().contains("leased them again"));
      await().atMost(LONG).until(() -> site.results.containsKey(300));
    }

    assertThat(site.requests("PUT", "/300/result")).hasSize(1);
  }
}

package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cli.StagedScript.Java;
import dev.signalbox.cli.StagedScript.Said;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** The command's script and the AOT cache it starts from. */
@LongTest
class ScriptIT {

  private static final Said ANSWER = new Said(0, "192.0.2.1\n", "");
  private static final String ANNOUNCED = "an AOT training run has started in the background";
  private static final String FAILED = "The AOT training run failed";

  /** Beside the distribution, on the same file system. */
  static final class Beside implements TempDirFactory {

    @Override
    public Path createTempDirectory(AnnotatedElementContext elements, ExtensionContext extension)
        throws IOException {
      return Files.createTempDirectory(StagedScript.MODULE.resolve("target"), "script-");
    }
  }

  @TempDir(factory = Beside.class)
  Path home;

  FakeDnsServer server;

  @BeforeEach
  void startTheResolver() {
    server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String[] dns() {
    return new String[] {"dns", "a.test", "@" + server.resolver(), "--short"};
  }

  private static void awaitTraining(StagedScript script) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(200))
        .atMost(Duration.ofMinutes(4))
        .until(script::trainingEnded);
  }

  private static Path cache(StagedScript script, String command) {
    String name =
        switch (command) {
          case "dns", "probe" -> command;
          case "help", "status", "server" -> "client";
          default -> "signalbox";
        };
    return script.dist().resolve(name + ".aot");
  }

  @Test
  void givenATrainingRunThatTakesLong_whenTheFirstCommandRuns_thenItAnswersWithoutWaiting()
      throws Exception {
    StagedScript script = new StagedScript(home, Java.TRAINING_WAITS);

    Said first = script.run(Map.of(), dns());
    Said second = script.run(Map.of(), dns());

    assertThat(script.trainingEnded()).isFalse();
    assertThat(first.out()).isEqualTo(ANSWER.out());
    assertThat(first.code()).isZero();
    assertThat(first.err()).contains(ANNOUNCED).contains("SIGNALBOX_NO_CACHE=1");
    assertThat(second).isEqualTo(ANSWER);
    script.go();
    awaitTraining(script);
  }

  @Test
  void givenTheTrainingRuns_whenTheyEnd_thenEveryKindOfStartUsesItsCacheAndSaysNothing()
      throws Exception {
    StagedScript script = new StagedScript(home, Java.REAL);
    script.run(Map.of(), dns());
    awaitTraining(script);

    assertThat(script.run(Map.of(), dns())).isEqualTo(ANSWER);
    // With this mode the JVM ends when it cannot use the cache.
    Map<String, String> required = Map.of("JAVA_OPTS", "-XX:AOTMode=on");
    for (String kind :
        List.of("up", "dns", "probe", "run", "dns-service", "help", "status", "server")) {
      assertThat(cache(script, kind)).as(log(script)).isRegularFile();
      Said said = script.run(required, kind, "--help");
      assertThat(said.code()).as(said.toString()).isZero();
      assertThat(said.err()).isEmpty();
      assertThat(script.jvms().getLast())
          .contains("AOTMode=on")
          .contains("-XX:AOTCache=" + cache(script, kind));
    }
    assertThat(script.trainingRuns()).isEqualTo(4);
  }

  private static String log(StagedScript script) throws IOException {
    return Files.readString(script.dist().resolve("aot-training/log"));
  }

  @Test
  void givenNoCache_whenTwoCommandsStartAtOnce_thenTheCachesAreMadeOnce() throws Exception {
    StagedScript script = new StagedScript(home, Java.TRAINING_WAITS);

    Process one = script.start("one", Map.of(), List.of(dns()));
    Process two = script.start("two", Map.of(), List.of(dns()));
    List<Said> both = List.of(script.await("one", one), script.await("two", two));
    script.go();
    awaitTraining(script);

    assertThat(both).extracting(Said::code).containsOnly(0);
    assertThat(both).extracting(Said::out).containsOnly(ANSWER.out());
    assertThat(both).filteredOn(said -> said.err().contains(ANNOUNCED)).hasSize(1);
    assertThat(script.trainingRuns()).isEqualTo(1);
  }

  @Test
  void givenATrainingRunThatFailed_whenCommandsRun_thenItIsReportedOnceAndNotRepeated()
      throws Exception {
    StagedScript script = new StagedScript(home, Java.TRAINING_FAILS);
    script.run(Map.of(), dns());
    awaitTraining(script);

    Said second = script.run(Map.of(), dns());
    Said third = script.run(Map.of(), dns());

    assertThat(second.out()).isEqualTo(ANSWER.out());
    assertThat(second.err()).contains(FAILED).contains("aot-training/log");
    assertThat(third).isEqualTo(ANSWER);
    assertThat(script.trainingRuns()).isEqualTo(1);
    assertThat(cache(script, "dns")).doesNotExist();
  }

  @Test
  void givenATrainingRunThatFailed_whenTheNextBuildIsMade_thenItIsRepeated() throws Exception {
    StagedScript script = new StagedScript(home, Java.TRAINING_FAILS);
    script.run(Map.of(), dns());
    awaitTraining(script);

    script.outdate();
    Said next = script.run(Map.of(), dns());
    awaitTraining(script);

    assertThat(next.err()).contains("Building Signalbox").contains(ANNOUNCED);
    assertThat(script.trainingRuns()).isEqualTo(2);
  }

  @Test
  void givenATrainingRunOfTheBuildBefore_whenItEnds_thenItLeavesNoCache() throws Exception {
    StagedScript script = new StagedScript(home, Java.TRAINING_WAITS);
    script.run(Map.of(), dns());
    Path training = script.dist().resolve("aot-training");
    Awaitility.await().until(() -> Files.exists(training.resolve("pid")));
    String before = Files.readString(training.resolve("pid"));

    script.outdate();
    script.run(Map.of(), dns());
    Awaitility.await().until(() -> Files.exists(training.resolve("pid")));

    assertThat(Files.readString(training.resolve("pid"))).isNotEqualTo(before);
    assertThat(training.resolve(before.strip())).doesNotExist();
    script.go();
    awaitTraining(script);
    assertThat(cache(script, "dns")).doesNotExist();
  }

  @Test
  void givenTheSettingForNoCache_whenACommandRuns_thenNoCacheIsMadeOrUsed() throws Exception {
    StagedScript script = new StagedScript(home, Java.REAL);
    Files.writeString(cache(script, "dns"), "not a cache");

    assertThat(script.run(Map.of("SIGNALBOX_NO_CACHE", "1"), dns())).isEqualTo(ANSWER);

    assertThat(script.jvms()).hasSize(1).noneMatch(jvm -> jvm.contains("AOTCache"));
  }

  @Test
  void givenACacheThatIsNone_whenACommandRuns_thenTheJvmIgnoresIt() throws Exception {
    StagedScript script = new StagedScript(home, Java.REAL);
    Files.writeString(cache(script, "dns"), "not a cache");

    assertThat(script.run(Map.of(), dns())).isEqualTo(ANSWER);
  }

  @Test
  void givenAnyKindOfStart_whenTheJvmStarts_thenItEndsWhenItRunsOutOfMemory() throws Exception {
    StagedScript script = new StagedScript(home, Java.RECORDS_ONLY);
    for (String kind : List.of("up", "dns", "probe", "run", "help", "version", "code-service")) {
      assertThat(script.run(Map.of(), kind).code()).isZero();
    }
    awaitTraining(script);
    script.entrypoint("dns-service");
    script.entrypoint("signalbox", "up");

    assertThat(script.jvms())
        .hasSize(10) // With the first training run, which leaves no cache.
        .allMatch(jvm -> jvm.contains("-XX:+ExitOnOutOfMemoryError"));
  }
}

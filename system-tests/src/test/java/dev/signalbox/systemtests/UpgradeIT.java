package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cluster under load changes from one build to the next and back, one process at a time. The next
 * build has an added field in messages and an added column: see {@link NextBuild}.
 */
@LongTest
class UpgradeIT {

  private static final long MINUTES = 15;

  /** Of visits of servers on demand, one for each owner that stops: see decision 0073. */
  private static final int RESETS = 2;

  private static List<UpgradeResult> results = List.of();

  @BeforeAll
  static void upgradeAndGoBack() throws IOException, InterruptedException {
    if (!Boolean.getBoolean("signalbox.require.all")) {
      assumeTrue(
          System.getProperty("os.name").equals("Linux"),
          "a fleet needs the network namespaces or the loopback addresses of Linux");
    }
    results = FaultKit.run(UpgradeRun.class, List.of(), MINUTES, new TypeReference<>() {});
  }

  static Stream<String> changes() {
    return Stream.of(UpgradeRun.UP, UpgradeRun.DOWN, UpgradeRun.UP_GATEWAYS_FIRST);
  }

  private static UpgradeResult result(String change) {
    return results.stream()
        .filter(result -> result.name.equals(change))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not run: " + change));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void givenAClusterUnderLoad_whenItChangesItsBuild_thenNoRequestFails(String change) {
    UpgradeResult result = result(change);

    assertThat(result.failed).as(String.join("\n", result.notes)).isEmpty();
    assertThat(result.resets).hasSizeLessThanOrEqualTo(RESETS);
    assertThat(result.calls).hasSize(UpgradeRun.CAPABILITIES);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void givenAClusterUnderLoad_whenItChangesItsBuild_thenWhatWasAcknowledgedIsThereOnce(
      String change) {
    assertThat(result(change).lost).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("changes")
  void givenAnAddedField_whenBuildsRunTogether_thenThoseThatKnowItStoreIt(String change) {
    UpgradeResult result = result(change);

    assertThat(result.fields).isEmpty();
    assertThat(result.messages).containsOnlyKeys("SET", "NOT_SET");
    assertThat(result.messages.values()).allSatisfy(count -> assertThat(count).isPositive());
  }

  @ParameterizedTest
  @MethodSource("changes")
  void givenAClusterUnderLoad_whenItHasChanged_thenGatewaysShowTheBuildOfEachProcess(
      String change) {
    assertThat(result(change).versions).isEmpty();
  }

  @Test
  void givenABuildThatRequiresAnAddedField_whenItRunsBesideTheOld_thenTheFailuresAreSeen() {
    assertThat(result(UpgradeRun.INCOMPATIBLE).failed)
        .anySatisfy(failure -> assertThat(failure).startsWith("messages").contains("origin"));
    assertThat(result(UpgradeRun.INCOMPATIBLE).lost).isEmpty();
  }
}

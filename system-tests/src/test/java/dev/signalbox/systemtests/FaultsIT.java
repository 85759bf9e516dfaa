package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The short form of the failure kit: the faults that happen most. Says only what holds on a machine
 * of any speed: nothing acknowledged is lost, doubled or altered, no answer is wrong, everything is
 * whole again without help, and who stops in order fails next to nobody. How long errors and calls
 * may last, and that an orderly stop fails nobody at all, {@code system-tests/faults/run} says.
 */
@LongTest
class FaultsIT {

  private static final long MINUTES = 15;

  private static List<FaultResult> results = List.of();

  @BeforeAll
  static void makeThemHappen() throws IOException, InterruptedException {
    if (!Boolean.getBoolean("signalbox.require.all")) {
      assumeTrue(
          System.getProperty("os.name").equals("Linux"),
          "a fleet needs the network namespaces or the loopback addresses of Linux");
    }
    results = FaultKit.run(Faults.SHORT, MINUTES);
  }

  static Stream<String> faults() {
    return Faults.SHORT.stream();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void breaksNothing(String fault) {
    FaultResult result =
        results.stream().filter(r -> r.fault.equals(fault)).findFirst().orElseThrow();
    if (!Boolean.getBoolean("signalbox.require.all")) {
      assumeTrue(result.skipped.isEmpty(), result.skipped);
    }

    assertThat(result.skipped).isEmpty();
    assertThat(result.broken).as(FaultTable.line(result) + "\n" + result.notes).isEmpty();
  }
}

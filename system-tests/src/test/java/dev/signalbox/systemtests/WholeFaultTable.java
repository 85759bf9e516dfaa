package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The whole failure kit. No build runs it: it is no {@code *IT}. {@code system-tests/faults/run}
 * does, and names the file for the page and, separated by commas, the faults to run and settings of
 * all members.
 */
class WholeFaultTable {

  private static final long MINUTES = 60;

  @Test
  void isAsRequired() throws IOException, InterruptedException {
    List<String> words =
        Stream.of(System.getProperty("signalbox.faults", "").split(","))
            .filter(word -> !word.isBlank())
            .toList();
    List<String> settings = words.stream().filter(word -> word.contains("=")).toList();
    List<String> arguments =
        new ArrayList<>(
            FaultKit.names(words.stream().filter(word -> !word.contains("=")).toList()));
    arguments.addAll(settings);

    List<FaultResult> results = FaultKit.run(arguments, MINUTES);

    String page = FaultTable.page(results);
    System.out.println(page);
    Files.writeString(Path.of(System.getProperty("signalbox.faults.page", "failures.md")), page);
    assertThat(results).allSatisfy(result -> assertThat(result.misses).as(result.fault).isEmpty());
  }
}

package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** The results as a page. */
final class FaultTable {

  private FaultTable() {}

  /** One result as a line of text. */
  static String line(FaultResult result) {
    if (!result.skipped.isEmpty()) {
      return result.fault + ": skipped, " + result.skipped;
    }
    return "| " + result.fault + " | " + cells(result) + " | " + heal(result) + " |";
  }

  private static String cells(FaultResult result) {
    return Arrays.stream(Capability.values())
        .map(result.cells::get)
        .map(cell -> cell == null ? "" : cell.text())
        .collect(Collectors.joining(" | "));
  }

  private static String heal(FaultResult result) {
    String heal = result.heal < 0 ? "never" : String.format(Locale.ROOT, "%.1f s", result.heal);
    return result.healMissed ? "**" + heal + "**" : heal;
  }

  /** The whole page. */
  static String page(List<FaultResult> results) {
    StringBuilder page = new StringBuilder("# Failures\n\n");
    page.append(
        String.format(
            Locale.ROOT,
            """
            What each fault costs clients. `system-tests/faults/run` makes this page; CONTRIBUTING.md says how.

            %s (UTC), %d cores, %d MiB of memory, load average of the machine before each fault %.1f to %.1f. Two of each
            service as separate processes beside PostgreSQL, each in a network namespace of its own where root allows it;
            %d requests a second on each capability, over both gateways, behind a load balancer that asks `/health/ready`.

            A cell says: length of the longest error burst and number of failed calls, or 0; the slowest call; and, if there
            were any, acknowledged writes lost (L) or doubled (D), and wrong answers (W). *Whole* is the time from the end of
            the fault until every gateway reached every replica and a second passed without a failure. **Bold** is not as
            required; below the table stands why.

            """,
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            memoryMib(),
            machineLoads(results).min().orElse(0),
            machineLoads(results).max().orElse(0),
            SteadyLoad.RATE));
    page.append("| fault | ");
    page.append(
        Arrays.stream(Capability.values())
            .map(Capability::toString)
            .collect(Collectors.joining(" | ")));
    page.append(" | whole | required |\n|---|");
    page.append("---|".repeat(Capability.values().length + 2)).append('\n');
    for (FaultResult result : results) {
      if (result.skipped.isEmpty()) {
        page.append(line(result)).append(' ').append(result.required).append(" |\n");
      }
    }
    page.append(
        "\nIn every row nothing may be lost, doubled or wrong, every call ends by its deadline, and every error");
    page.append(" names its service.\n");
    section(page, "Not as required", results, result -> result.misses);
    section(page, "Seen besides", results, result -> result.notes);
    section(
        page,
        "Left out",
        results,
        result -> result.skipped.isEmpty() ? List.of() : List.of(result.skipped));
    return page.toString();
  }

  private static void section(
      StringBuilder page,
      String title,
      List<FaultResult> results,
      java.util.function.Function<FaultResult, List<String>> lines) {
    StringBuilder section = new StringBuilder();
    for (FaultResult result : results) {
      for (String line : lines.apply(result)) {
        section.append("- " + result.fault + ": " + line.replace("|", "\\|") + "\n");
      }
    }
    if (!section.isEmpty()) {
      page.append("\n## " + title + "\n\n").append(section);
    }
  }

  private static DoubleStream machineLoads(List<FaultResult> results) {
    return results.stream()
        .filter(result -> result.skipped.isEmpty())
        .mapToDouble(result -> result.machineLoad);
  }

  private static long memoryMib() {
    try {
      return Files.readAllLines(Path.of("/proc/meminfo")).stream()
          .filter(line -> line.startsWith("MemTotal:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1_024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

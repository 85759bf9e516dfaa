package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What processes unpack for their own time does not pile up. */
class TemporaryFilesIT {

  private static final int KILLS = 3;

  private final Path home = Scratch.directory("temporary");
  private final Path temporary = home.resolve("tmp");

  TemporaryFilesIT() throws IOException {
    Files.createDirectory(temporary);
  }

  private OneProcess start() {
    OneProcess system =
        OneProcess.start(
            home.resolve("data"),
            Map.of(),
            List.of("-Djava.io.tmpdir=" + temporary),
            UnaryOperator.identity());
    // Has a library of native code unpacked, as SQLite has had.
    Http.get(system.doors().main(), "/docs", "Accept-Encoding: br");
    return system;
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      return left.toList();
    }
  }

  @Test
  void givenProcessesThatWereKilled_whenTheNextStartsAndStops_thenNothingOfAnyIsLeft()
      throws IOException {
    for (int i = 0; i < KILLS; i++) {
      try (OneProcess system = start()) {
        system.process().kill();
      }
    }
    assertThat(left()).as("what the killed left").hasSize(KILLS);
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    for (Path directory : left()) {
      Files.setLastModifiedTime(directory, longAgo);
    }

    try (OneProcess system = start()) {
      assertThat(left()).as("that of the running process alone").hasSize(1);
      system.process().stop();
    }

    assertThat(left()).isEmpty();
  }

  @Test
  void givenAProbe_whenItEnds_thenNothingIsLeft() throws IOException {
    try (OneProcess system = start()) {
      String url = "http://127.0.0.1:" + system.doors().main() + "/docs";
      List<String> command = new ArrayList<>(Distribution.command(List.of("probe", url)));
      command.add(1, "-Djava.io.tmpdir=" + temporary);

      try (SignalboxProcess probe = SignalboxProcess.start("probe", home, command)) {
        assertThat(probe.awaitExit()).isZero();
      }

      assertThat(left()).as("that of the running process alone").hasSize(1);
    }
  }
}

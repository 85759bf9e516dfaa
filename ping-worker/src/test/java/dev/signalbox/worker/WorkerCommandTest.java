package dev.signalbox.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerCommandTest {

  @Test
  void givenNoTerminal_whenRun_thenItsProgressIsLines() {
    // Tests have none either.
    assertThat(new WorkerCommand().style()).isEqualTo(Reporter.Style.LINES);
  }

  @ParameterizedTest
  @CsvSource({
    "https://census.example.org, https://census.example.org",
    "https://Census.Example.org/, https://census.example.org",
    "http://localhost:8000//, http://localhost:8000",
    "https://example.org/Census/, https://example.org/Census"
  })
  void givenASiteWrittenInSeveralWays_whenRead_thenItIsOne(String written, String read) {
    assertThat(new WorkerCommand().checkedSite(URI.create(written))).isEqualTo(URI.create(read));
  }
}

package dev.signalbox.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.node.TemporaryDirectory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CensusDemoTest {

  @ParameterizedTest
  @ValueSource(strings = {"--rate=0", "--rate=2001", "--rate=fast", "--rate=", "--data=here"})
  void givenAnInvalidOption_whenRead_thenItIsNamed(String option) {
    assertThatThrownBy(() -> CensusDemo.of(List.of(option), node -> {}))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(option.substring(0, 6));
  }

  @Test
  void itsDataGoesWithTheProcess() {
    CensusDemo demo = CensusDemo.of(List.of("--rate", "5"), node -> {});

    assertThat(Path.of(demo.line().settings().get("platform.data")))
        .startsWithRaw(TemporaryDirectory.ofProcess().path());
  }
}

package dev.signalbox.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.node.StartException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterKeysCommandTest {

  @TempDir private Path directory;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int run(String... arguments) throws InterruptedException {
    return ClusterKeysCommand.of(
            List.of(arguments), new PrintStream(said, true, StandardCharsets.UTF_8))
        .run();
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void makesWhatAProcessNeedsAndSaysWhatToKeep() throws Exception {
    Path keys = directory.resolve("keys");

    assertThat(run(keys.toString())).isZero();

    assertThat(keys.resolve("node.pem")).content().contains("BEGIN CERTIFICATE");
    assertThat(keys.resolve("node-key.pem")).content().contains("BEGIN PRIVATE KEY");
    assertThat(said()).contains("ca-key.p12");
  }

  @Test
  void renewsTheCertificateAlone() throws Exception {
    run(directory.toString());
    String authority = Files.readString(directory.resolve("ca.pem"));
    String secret = Files.readString(directory.resolve("secret"));
    String certificate = Files.readString(directory.resolve("node.pem"));

    run(directory.toString(), "--days", "30");

    assertThat(said()).contains("renewed");
    assertThat(directory.resolve("ca.pem")).hasContent(authority);
    assertThat(directory.resolve("secret")).hasContent(secret);
    assertThat(Files.readString(directory.resolve("node.pem"))).isNotEqualTo(certificate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "--days", "keys --days 0", "keys --days=4000", "keys --days x", "a b"})
  void refusesWhatItDoesNotUnderstand(String line) {
    List<String> arguments = line.isEmpty() ? List.of() : Arrays.asList(line.split(" "));

    assertThatThrownBy(() -> ClusterKeysCommand.of(arguments, System.out))
        .isInstanceOf(StartException.class);
  }

  @Test
  void saysWhenTheDirectoryCannotBeWritten() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> run(file.toString()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("cannot be written");
  }
}

package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules that public tools have for OpenAPI descriptions, without a warning. */
@LongTest
class DescriptionLintIT {

  private static final Path GATEWAY =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("gateway-service");
  private static final Path DESCRIPTION = GATEWAY.resolve("src/main/resources/openapi.yaml");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static Programs.Outcome spectral(Path description) {
    return Programs.run(
        List.of(
            NodeTools.require("spectral"),
            "lint",
            description.toString(),
            "--ruleset=" + GATEWAY.resolve(".spectral.yaml"),
            "--fail-severity=hint"),
        PATIENCE);
  }

  private static Programs.Outcome redocly(Path description) {
    return Programs.run(
        List.of(
            TestPrograms.require("env"),
            "REDOCLY_TELEMETRY=off",
            "REDOCLY_SUPPRESS_UPDATE_NOTICE=true",
            NodeTools.require("redocly"),
            "lint",
            description.toString(),
            "--config=" + GATEWAY.resolve("redocly.yaml"),
            "--format=json"),
        PATIENCE);
  }

  /** The description with a call that has no tag and an example that breaks its schema. */
  private static Path broken() throws IOException {
    String text = Files.readString(DESCRIPTION);
    String broken =
        text.replaceFirst("tags: \\[DNS]", "tags: [Nonsense]")
            .replaceFirst("example: \\{\"count\": 3", "example: {\"count\": \"three\"");
    assertThat(broken).isNotEqualTo(text);
    return Files.writeString(Scratch.directory("lint").resolve("openapi.yaml"), broken);
  }

  @Test
  void givenTheDescription_whenSpectralReadsIt_thenItFindsNothing() {
    Programs.Outcome outcome = spectral(DESCRIPTION);

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
  }

  @Test
  void givenTheDescription_whenRedoclyReadsIt_thenItFindsNothing() {
    Programs.Outcome outcome = redocly(DESCRIPTION);

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(Reply.json(outcome.text()).path("problems")).as(outcome.toString()).isEmpty();
    assertThat(Reply.json(outcome.text()).path("totals").path("warnings").asInt(-1)).isZero();
  }

  @Test
  void givenABrokenDescription_whenTheToolsReadIt_thenBothSayWhatIsWrong() throws IOException {
    Path broken = broken();

    Programs.Outcome spectral = spectral(broken);
    Programs.Outcome redocly = redocly(broken);

    assertThat(spectral.exitCode()).isNotZero();
    assertThat(spectral.text()).contains("operation-tag-defined");
    assertThat(Reply.json(redocly.text()).path("problems").findValuesAsText("ruleId"))
        .contains("no-invalid-media-type-examples");
  }
}

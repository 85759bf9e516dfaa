package dev.signalbox.platform.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

  public record Tea(
      @Setting(value = "3m", doc = "how long") Duration brewTime,
      @Setting(value = "2", doc = "cups") int cups,
      @Setting(value = "", doc = "password", secret = true) String password,
      @Setting(value = "green,black", doc = "kinds") List<String> kinds,
      @Setting(value = "hot-ish", doc = "heat") Heat heat) {

    public enum Heat {
      HOT_ISH,
      COLD
    }

    public Tea {
      ConfigProblems.of("tea")
          .positive("brew-time", brewTime)
          .range("cups", cups, 1, 9)
          .throwIfAny();
    }
  }

  @TempDir private Path directory;

  @Test
  void nothingSetGivesTheDefaults() {
    Tea tea = bind(null, Map.of(), Map.of());

    assertThat(tea)
        .isEqualTo(
            new Tea(Duration.ofMinutes(3), 2, "", List.of("green", "black"), Tea.Heat.HOT_ISH));
  }

  @Test
  void theCommandLineOverridesTheEnvironmentWhichOverridesTheFile() throws IOException {
    Path file = file("tea:\n  brew-time: 1m\n  cups: 3\n  kinds: [oolong]\n  heat: cold\n");

    Tea tea =
        bind(
            file,
            Map.of("SIGNALBOX_TEA_BREW_TIME", "2m", "SIGNALBOX_TEA_CUPS", "4"),
            Map.of("tea.cups", "5"));

    assertThat(tea)
        .isEqualTo(new Tea(Duration.ofMinutes(2), 5, "", List.of("oolong"), Tea.Heat.COLD));
  }

  @Test
  void wordsOfAFileThatYamlTakesForBooleansAreTheTextsThatTheyAre() throws IOException {
    Path file = file("tea:\n  kinds: [on, off, Off, yes, no, y, n, true]\n");

    assertThat(bind(file, Map.of(), Map.of()).kinds())
        .containsExactly("on", "off", "Off", "yes", "no", "y", "n", "true");
  }

  @Test
  void everyProblemIsToldAtOnce() {
    assertThatThrownBy(() ->
            bind(
                null,
                Map.of("SIGNALBOX_TEA_MILK", "yes"),
                Map.of("tea.cups", "many", "tea.sugar", "1", "tea.brew-time", "soon")))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems())
                    .extracting(ConfigProblem::key)
                    .containsExactlyInAnyOrder(
                        "tea.brew-time", "tea.cups", "tea.sugar", "SIGNALBOX_TEA_MILK"));
  }

  @Test
  void aRuleOfTheRecordNamesItsKey() {
    assertThatThrownBy(() -> bind(null, Map.of(), Map.of("tea.cups", "10")))
        .hasMessage("tea.cups: must be between 1 and 9, not 10");
  }

  @Test
  void aSectionOfNobodyIsAProblemWhereEverythingRuns() throws IOException {
    Path file = file("coffee:\n  cups: 1\n");

    assertThatThrownBy(() -> bind(file, Map.of(), Map.of())).hasMessageContaining("coffee.cups");
  }

  @Test
  void aSectionOfAnotherServiceIsAllowedWhereAFileIsShared() throws IOException {
    Path file = file("coffee:\n  cups: 1\n");

    Configuration configuration =
        Configuration.bind(
            ConfigSource.of(file, Map.of(), Map.of()), Map.of("tea", Tea.class), false);

    assertThat(configuration.section("tea", Tea.class).cups()).isEqualTo(2);
  }

  @Test
  void effectiveValuesHideSecretsAndNameTheirOrigin() {
    Configuration configuration =
        Configuration.bind(
            ConfigSource.of(
                null, Map.of("SIGNALBOX_TEA_PASSWORD", "hunter2"), Map.of("tea.cups", "3")),
            Map.of("tea", Tea.class),
            true);

    assertThat(configuration.effective())
        .extracting(Object::toString)
        .contains("tea.cups = 3  [command line]", "tea.brew-time = 3m")
        .noneMatch(line -> line.contains("hunter2"));
  }

  @Test
  void aFileThatIsNotYamlIsAProblemOfTheFile() throws IOException {
    Path file = file("tea: [unclosed");

    assertThatThrownBy(() -> bind(file, Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is not YAML");
  }

  @Test
  void aFileThatIsMissingIsAProblemOfTheFile() {
    assertThatThrownBy(() -> bind(directory.resolve("none.yaml"), Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be read");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("signalbox.yaml"), text);
  }

  private static Tea bind(Path file, Map<String, String> environment, Map<String, String> line) {
    return Configuration.bind(
            ConfigSource.of(file, environment, line), Map.of("tea", Tea.class), true)
        .section("tea", Tea.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tea:\n  password: \"s3cret\n",
        "tea:\n  kinds: [s3cret\n  cups: 2\n",
        "tea:\n  password: s3cret: x: y\n",
        "tea:\n  password: @s3cret\n",
        "tea:\n  password: %s3cret\n",
        "tea:\n  password: !s3cret!x y\n",
        "tea:\n\tpassword: s3cret\n",
        "s3cret\n",
        "tea: s3cret\n"
      })
  void givenABrokenFileWithASecret_whenRead_thenTheErrorRepeatsNothingOfIt(String yaml)
      throws IOException {
    Path file = Files.writeString(directory.resolve("broken.yaml"), yaml);

    assertThatThrownBy(() -> ConfigSource.of(file, Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void givenABrokenFile_whenRead_thenTheErrorNamesLineAndColumn() throws IOException {
    Path file = Files.writeString(directory.resolve("broken.yaml"), "tea:\n  cups: @2\n");

    assertThatThrownBy(() -> ConfigSource.of(file, Map.of(), Map.of()))
        .hasMessageContaining("line 2, column 9");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h/d?user=u&password=s3cret&ssl=true,"
        + " jdbc:postgresql://h/d?user=u&password=(hidden)&ssl=true",
    "jdbc:postgresql://h/d?sslpassword=s3cret, jdbc:postgresql://h/d?sslpassword=(hidden)",
    "http://u:s3cret@h:1/p, http://(hidden)@h:1/p",
    "http://u:s3@cret@h:1/p, http://(hidden)@h:1/p",
    "http://h/p?api_Token=s3cret, http://h/p?api_Token=(hidden)",
    "http://h/p?q=1&a=b, http://h/p?q=1&a=b",
    "http://h/~a@b, http://h/~a@b",
    "name@host, name@host"
  })
  void givenAUrlWithASecret_whenShown_thenTheSecretIsHidden(String url, String shown) {
    Configuration configuration =
        Configuration.bind(
            ConfigSource.of(null, Map.of(), Map.of("tea.kinds", url)),
            Map.of("tea", Tea.class),
            true);

    assertThat(configuration.section("tea", Tea.class).kinds()).containsExactly(url);
    assertThat(configuration.effective())
        .filteredOn(setting -> setting.key().equals("tea.kinds"))
        .singleElement()
        .extracting(Configuration.EffectiveSetting::value)
        .isEqualTo(shown);
  }
}

package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.HelpText;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.node.NodeConfig;
import dev.signalbox.platform.service.ServiceDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting that a text for users names exists. */
class SettingNamesTest {

  private static final Path ROOT =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();

  /** {@code --section.key}, whatever the section is. */
  private static final Pattern OPTION = Pattern.compile("--([a-z][a-z-]*\\.[a-z][a-z-]*)");

  private static final Pattern VARIABLE = Pattern.compile("\\bSIGNALBOX_[A-Z_]+[A-Z]\\b");

  /** A placeholder, files, a package and options of Prometheus, which look like settings. */
  private static final Set<String> OTHER =
      Set.of("section.key", "code.db", "ping.db", "platform.trace", "config.file", "storage.tsdb");

  private static final Map<String, List<String>> SECTIONS = sections();

  /** Operations on the bus, which look like settings too. */
  private static Set<String> addresses() {
    try {
      String table =
          Files.readString(ROOT.resolve("docs/architecture.md")).split("## Addresses")[1];
      Set<String> addresses = new HashSet<>();
      find(Pattern.compile("(?m)^\\| `([a-z.-]+)`"), table)
          .forEach(row -> addresses.add(row.group(1)));
      return addresses;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, List<String>> sections() {
    Map<String, List<String>> sections = new HashMap<>();
    sections.put("platform", Configuration.keys("platform", NodeConfig.class));
    for (ServiceDefinition<?> service : Services.all()) {
      service
          .shared()
          .forEach((prefix, type) -> sections.put(prefix, Configuration.keys(prefix, type)));
      sections.put(
          service.configPrefix(), Configuration.keys(service.configPrefix(), service.configType()));
    }
    return sections;
  }

  /** A key in code spans or of an option. */
  private static Pattern keyOf(String section) {
    return Pattern.compile("(?:`|--)(" + section + "\\.[a-z][a-z-]*)(?=[`= ,:;)\\n])");
  }

  static Set<String> unknown(String text) {
    Set<String> named = new TreeSet<>();
    find(OPTION, text).map(match -> match.group(1)).forEach(named::add);
    for (String section : SECTIONS.keySet()) {
      find(keyOf(section), text).map(match -> match.group(1)).forEach(named::add);
    }
    SECTIONS.values().forEach(named::removeAll);
    named.removeAll(addresses());
    named.removeAll(OTHER);
    return named;
  }

  /** Variables that clearly mean a section here; others are those of the script and compose. */
  static Set<String> unknownVariables(String text) {
    Set<String> known = new HashSet<>();
    SECTIONS.values().forEach(keys -> keys.forEach(key -> known.add(variable(key))));
    Set<String> unknown = new TreeSet<>();
    find(VARIABLE, text)
        .map(MatchResult::group)
        .filter(name ->
            SECTIONS.keySet().stream()
                .anyMatch(section -> name.startsWith(variable(section) + "_")))
        // The image reads these from the file that the variable with _FILE names.
        .filter(name -> !known.contains(name.replaceFirst("_(PASSWORD|SECRET)_FILE$", "_$1")))
        .forEach(unknown::add);
    return unknown;
  }

  private static Stream<MatchResult> find(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  private static String variable(String key) {
    return "SIGNALBOX_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  @Test
  void givenATextThatNamesASettingThatDoesNotExist_whenItIsChecked_thenItIsFound() {
    assertThat(
            unknown("`gateway.port` `gateway.colour` --dns.timeout=3s --dnss.timeout=3s --only x"))
        .containsExactlyInAnyOrder("gateway.colour", "dnss.timeout");
    assertThat(unknownVariables("SIGNALBOX_DNS_TIMEOUT SIGNALBOX_DNS_TIMOUT SIGNALBOX_MEMORY"))
        .containsExactly("SIGNALBOX_DNS_TIMOUT");
  }

  static Stream<Path> texts() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 3)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file ->
              file.toString().endsWith(".md")
                  || file.endsWith("docker-compose.yml")
                  || file.endsWith(".env.example")
                  || file.endsWith("signalbox"))
          .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
          // Decisions may be superseded, with the settings they are about.
          .filter(file -> !file.startsWith(ROOT.resolve("docs/decisions")))
          .filter(file -> !ROOT.relativize(file).toString().startsWith(".git/"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void givenADocument_whenItNamesSettings_thenTheyExist(Path file) throws IOException {
    // Options of another program look the same.
    String text =
        Files.readString(file).replaceAll("(?m)^.*prometheus-blackbox-exporter --.*$", "");

    assertThat(unknown(text)).isEmpty();
    assertThat(unknownVariables(text)).isEmpty();
  }

  @Test
  void givenTheHelpTexts_whenTheyNameSettings_thenTheyExist() {
    StringBuilder texts = new StringBuilder(SignalboxMain.usage());
    for (CommandSpec command : Catalog.commands()) {
      texts.append(HelpText.of(command));
      command.subcommands().forEach(part -> texts.append(HelpText.of(part)));
    }

    assertThat(texts.toString())
        .contains("--gateway.", "Usage: signalbox dns", "Usage: signalbox probe", "signalbox run");
    assertThat(unknown(texts.toString())).isEmpty();
  }
}

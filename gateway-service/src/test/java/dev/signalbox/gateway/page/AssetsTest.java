package dev.signalbox.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AssetsTest {

  private static final Path FOLDER =
      Path.of("src/main/resources/dev/signalbox/gateway/assets").toAbsolutePath();
  private static final Pattern IMPORT =
      Pattern.compile("(?:from|import)\\s*\\(?\\s*['\"]\\./([^'\"]+)['\"]");

  @Test
  void givenTheFolder_whenListed_thenEachFileIsServed() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(Assets.NAMES)
          .containsExactlyInAnyOrderElementsOf(
              files.map(file -> file.getFileName().toString()).toList());
    }
  }

  @Test
  void givenTheModules_whenTheyImport_thenEachImportIsServed() {
    List<String> imported = new ArrayList<>();
    for (String name : Assets.NAMES) {
      Matcher found =
          IMPORT.matcher(new String(JarFiles.read(Assets.resource(name)), StandardCharsets.UTF_8));
      while (found.find()) {
        imported.add(found.group(1));
      }
    }

    assertThat(imported).contains("lit/lit-html.js", "api.js");
    assertThat(imported).allSatisfy(name -> assertThat(Assets.resource(name)).isNotEmpty());
  }
}

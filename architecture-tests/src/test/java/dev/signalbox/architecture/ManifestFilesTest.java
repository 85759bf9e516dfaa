package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.service.ServiceProvider;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of deploy/kubernetes each on their own, which needs no program. */
class ManifestFilesTest {

  private static final Pattern VARIABLE = Pattern.compile("- name: (SIGNALBOX_\\w+)");

  static Stream<Path> files() {
    return Manifests.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void givenAFile_whenItIsRead_thenEveryFieldIsOneOfKubernetes(Path file) {
    assertThat(Manifests.parse(Repository.text(file))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void givenAFile_whenItSetsSettings_thenTheyExist(Path file) {
    Set<String> known =
        Node.configure(ConfigSource.of(null, Map.of(), Map.of()), ServiceProvider.all())
            .effective()
            .stream()
            .map(setting ->
                "SIGNALBOX_"
                    + setting.key().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
            .collect(Collectors.toSet());

    assertThat(VARIABLE.matcher(Repository.text(file)).results().map(it -> it.group(1)))
        .allSatisfy(name -> assertThat(known).contains(name));
  }

  @Test
  void givenAMisspeltField_whenItIsRead_thenItIsFound() {
    String text =
        Repository.text(Manifests.DIRECTORY.resolve("scaled/dns-service.yaml"))
            .replace("replicas:", "replica:");

    assertThatThrownBy(() -> Manifests.parse(text))
        .hasRootCauseInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("replica");
  }

  @Test
  void givenAFieldOfTheWrongType_whenItIsRead_thenItIsFound() {
    String text =
        Repository.text(Manifests.DIRECTORY.resolve("scaled/dns-service.yaml"))
            .replace("replicas: 2", "replicas: two");

    assertThatThrownBy(() -> Manifests.parse(text)).hasMessageContaining("two");
  }
}

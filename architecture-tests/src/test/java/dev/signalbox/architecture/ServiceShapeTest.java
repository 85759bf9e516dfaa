package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.architecture.Repository.ServiceModule;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every service looks alike, so that who knows one knows all. */
class ServiceShapeTest {

  static Stream<ServiceModule> services() {
    return Repository.services().stream();
  }

  @ParameterizedTest
  @MethodSource("services")
  void hasItsRolesOnceEach(ServiceModule service) {
    // The gateway's endpoint is a set of route classes.
    String endpoint = service.name().equals("gateway-service") ? "Routes" : "Endpoint";
    for (String role : List.of("Main", "Config", "Verticle")) {
      assertThat(topLevel(service, role)).as("%s of %s", role, service.name()).hasSize(1);
    }
    assertThat(service.classesEndingIn(endpoint)).as("%s", endpoint).isNotEmpty();
  }

  private static List<Path> topLevel(ServiceModule service, String role) {
    Path main = service.classesEndingIn("Main").getFirst().getParent();
    return service.classesEndingIn(role).stream()
        .filter(file -> file.getParent().equals(main))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("services")
  void isNamedAfterItsFirstConfigAndDefinesItself(ServiceModule service) throws Exception {
    ServiceDefinition<?> definition = definition(service);

    assertThat(definition.name()).isEqualTo(service.name());
  }

  @Test
  void everyServiceIsFoundAndTheGatewayStartsLast() {
    assertThat(ServiceProvider.all().stream().<String>map(ServiceDefinition::name))
        .containsExactlyInAnyOrderElementsOf(services().<String>map(ServiceModule::name).toList())
        .endsWith("gateway-service");
  }

  @ParameterizedTest
  @MethodSource("services")
  void hasAReadmeWithTheHeadings(ServiceModule service) {
    Path readme = service.directory().resolve("README.md");

    assertThat(readme).exists();
    assertThat(Repository.text(readme))
        .contains(
            "## What it is for",
            "## Operations served",
            "## Operations called",
            "## Configuration");
  }

  @ParameterizedTest
  @MethodSource("services")
  void documentsEverySettingOfItsOwn(ServiceModule service) throws Exception {
    ServiceDefinition<?> definition = definition(service);
    String readme = Repository.text(service.directory().resolve("README.md"));

    assertThat(Configuration.keys(definition.configPrefix(), definition.configType()))
        .allSatisfy(key -> {
          String inTable = key.substring(key.indexOf('.') + 1);
          assertThat(readme).as(key).containsPattern("\\| `(" + key + "|" + inTable + ")`");
        });
  }

  @ParameterizedTest
  @MethodSource("services")
  void namesEveryOperationItServesInItsReadme(ServiceModule service) {
    String readme = Repository.text(service.directory().resolve("README.md"));

    assertThat(Addresses.servedBy(service.name()))
        .allSatisfy(address -> assertThat(readme).contains(address));
  }

  @ParameterizedTest
  @MethodSource("services")
  void isInTheComposeFile(ServiceModule service) {
    assertThat(Repository.text(Repository.ROOT.resolve("docker-compose.yml")))
        .contains("\n  " + service.name() + ":\n");
  }

  @ParameterizedTest
  @MethodSource("services")
  void hasTests(ServiceModule service) {
    assertThat(
            Repository.files(service.directory().resolve("src/test/java"))
                .filter(Files::isRegularFile)
                .filter(file -> file.toString().endsWith("Test.java")))
        .isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("services")
  void configuresNoPluginOfItsOwn(ServiceModule service) {
    assertThat(Repository.text(service.directory().resolve("pom.xml"))).doesNotContain("<plugin>");
  }

  private static ServiceDefinition<?> definition(ServiceModule service) throws Exception {
    Path main = service.classesEndingIn("Main").getFirst();
    String relative = service.sources().relativize(main).toString();
    String name = relative.substring(0, relative.length() - ".java".length()).replace('/', '.');
    Field field = Class.forName(name).getDeclaredField("SERVICE");
    return (ServiceDefinition<?>) field.get(null);
  }
}

package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.gateway.task.TaskCatalogue;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The task types as services announce them, with default settings: what clients make forms from.
 * Each is kept in a file, so that a change is seen; after a change that was meant, run with {@code
 * -Dgolden.write=true}.
 */
class TaskTypesTest {

  private static final Path KEPT =
      Repository.ROOT.resolve("architecture-tests/src/test/resources/task-types");

  /** A task type and the service that announced it. */
  record Announced(String service, TaskType type) {

    @Override
    public String toString() {
      return type.name();
    }
  }

  private static final Map<String, Announced> ANNOUNCED = announced();

  private static Map<String, Announced> announced() {
    // The gateway has no task types.
    List<ServiceDefinition<?>> services =
        ServiceProvider.all().stream().filter(service -> !service.startsLast()).toList();
    try (TestNode node = TestNode.start(services, Map.of("platform.threads", "1"))) {
      BlockingQueue<Announcement> heard = new LinkedBlockingQueue<>();
      TestNode.await(node.bus().subscribe(Announcement.EVENT, heard::add));
      node.bus().publish(Announcement.WANTED, Empty.EMPTY);
      Map<String, Announced> types = new TreeMap<>();
      Map<String, Announcement> instances = new TreeMap<>();
      while (instances.size() < services.size()) {
        Announcement next = heard.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("an announcement after those of %s", instances.keySet()).isNotNull();
        instances.put(next.service(), next);
      }
      instances
          .values()
          .forEach(instance ->
              instance
                  .taskTypes()
                  .forEach(
                      type -> types.put(type.name(), new Announced(instance.service(), type))));
      return types;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<Announced> taskTypes() {
    return ANNOUNCED.values().stream();
  }

  @ParameterizedTest
  @MethodSource("taskTypes")
  void givenATaskType_whenItIsAnnounced_thenItIsWhatItsFileSays(Announced announced)
      throws IOException {
    Path file = KEPT.resolve(announced.type().name() + ".json");
    String text =
        Json.mapper()
                .writer()
                .with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(announced.type())
            + "\n";
    JsonNode type = Json.mapper().readTree(text);
    boolean changed =
        !Files.exists(file) || !type.equals(Json.mapper().readTree(Files.readString(file)));
    if (Boolean.getBoolean("golden.write") && changed) {
      Files.createDirectories(KEPT);
      Files.writeString(file, text);
    }

    assertThat(file).exists();
    JsonNode kept = Json.mapper().readTree(Files.readString(file));
    assertThat(type).isEqualTo(kept);
    // Forms show parameters in this order; that of other keywords means nothing.
    assertThat(parameters(type)).isEqualTo(parameters(kept));
  }

  private static List<String> parameters(JsonNode type) {
    return type.at("/params_schema/properties").propertyStream().map(Map.Entry::getKey).toList();
  }

  @ParameterizedTest
  @MethodSource("taskTypes")
  void givenATaskType_whenItsServiceIsDocumented_thenTheReadmeHasTheTableOfItsParameters(
      Announced announced) {
    String table = ParameterTable.of(announced.type());
    String readme =
        Repository.text(Repository.ROOT.resolve(announced.service()).resolve("README.md"));

    assertThat(
            announced.type().paramsSchema().get("properties").equals(Map.of())
                || readme.contains(table))
        .as("README.md of %s should have under %s\n%s", announced.service(), announced, table)
        .isTrue();
  }

  @Test
  void givenTheTaskTypesOfAllServices_whenNoneIsAnnounced_thenTheGatewayKnowsTheirServices() {
    Map<String, String> services = new TreeMap<>();
    ANNOUNCED
        .values()
        .forEach(announced -> {
          services.put(announced.type().name(), announced.service());
          announced.type().aliases().forEach(alias -> services.put(alias, announced.service()));
        });

    assertThat(TaskCatalogue.empty().services()).containsExactlyInAnyOrderEntriesOf(services);
  }

  @Test
  void givenATaskTypeThatIsGone_whenFilesAreListed_thenItHasNone() {
    assertThat(Repository.files(KEPT).map(file -> file.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(
            ANNOUNCED.keySet().stream().map(name -> name + ".json").toList());
  }
}

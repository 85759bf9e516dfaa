package dev.signalbox.httpprobe.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.probe.ProbeRig;
import dev.signalbox.platform.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HttpProbeTasksTest {

  private static final HttpProbeConfig CONFIG = ProbeRig.config();
  private static final ProbeTaskReader READER = ProbeRig.reader();

  static List<TaskType> types() {
    HttpProbeTasks tasks = new HttpProbeTasks(CONFIG);
    return List.of(tasks.get(), tasks.probe());
  }

  @ParameterizedTest
  @MethodSource("types")
  void every_field_of_a_form_has_a_title_a_text_and_a_type(TaskType type) {
    everyField(type.paramsSchema());
  }

  @ParameterizedTest
  @MethodSource("types")
  void defaults_keep_to_the_ranges_and_words_offered(TaskType type) {
    properties(type.paramsSchema())
        .forEach((name, field) -> {
          if (field.get("default") instanceof Number number && field.containsKey("minimum")) {
            assertThat(number.longValue())
                .as(name)
                .isBetween(
                    ((Number) field.get("minimum")).longValue(),
                    ((Number) field.get("maximum")).longValue());
          }
          if (field.get("enum") instanceof List<?> words) {
            assertThat(words.contains(field.get("default"))).as(name).isTrue();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("types")
  void schemas_survive_the_way_to_a_client(TaskType type) throws Exception {
    String json = Json.mapper().writeValueAsString(type.paramsSchema());

    assertThat(Json.mapper().readTree(json).path("properties").size())
        .isEqualTo(properties(type.paramsSchema()).size());
  }

  @Test
  void examples_are_tasks_that_would_run() {
    for (Object example : (List<?>) types().get(1).paramsSchema().get("examples")) {
      assertThat(READER.read(request(example))).isInstanceOf(ProbeTaskReader.Read.Good.class);
    }
    GetTaskReader getReader = new GetTaskReader(CONFIG, READER);
    for (Object example : (List<?>) types().get(0).paramsSchema().get("examples")) {
      assertThat(getReader.read(request(example))).isInstanceOf(GetTaskReader.Read.Good.class);
    }
  }

  @Test
  void every_parameter_a_probe_takes_is_described_and_no_other() {
    // Each property's own example or default, in one task: the reader names what it does not know.
    Map<String, Object> params = new java.util.HashMap<>();
    properties(types().get(1).paramsSchema())
        .forEach((name, field) -> {
          if (field.get("examples") instanceof List<?> examples) {
            params.put(name, examples.getFirst());
          } else if (field.containsKey("default")) {
            params.put(name, field.get("default"));
          }
        });

    assertThat(READER.read(request(params))).isInstanceOf(ProbeTaskReader.Read.Good.class);
    assertThat(params).hasSizeGreaterThan(13);
  }

  private static void everyField(Map<String, Object> schema) {
    properties(schema)
        .forEach((name, field) -> {
          assertThat(field).as(name).containsKeys("title", "description", "type");
          if (field.get("items") instanceof Map<?, ?> items) {
            everyField(cast(items));
          }
        });
  }

  private static Map<String, Map<String, Object>> properties(Map<String, Object> schema) {
    return cast(schema.get("properties"));
  }

  private static TaskRequest request(Object params) {
    return new TaskRequest("x", cast(params));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T cast(Object value) {
    return (T) value;
  }
}

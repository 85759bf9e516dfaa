package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * What a system finds wrong with itself, by its API or its command.
 *
 * @param json as {@code GET /api/v1/diagnostics} answers
 */
record Diagnosis(JsonNode json) {

  /** Asks a gateway. */
  static Diagnosis of(int port) {
    Reply reply = Http.get(port, "/api/v1/diagnostics");
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return new Diagnosis(reply.json());
  }

  /** Asks a gateway until the answer is as wanted. */
  static Diagnosis await(String what, Duration patience, int port, Predicate<Diagnosis> wanted) {
    return Awaitility.await(what)
        .atMost(patience)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> of(port), wanted);
  }

  /** Runs {@code signalbox doctor}, which must end with a code; what it prints. */
  static String doctor(int port, int code, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("doctor", "--server", "http://127.0.0.1:" + port, "--color=never"));
    arguments.addAll(List.of(more));
    Programs.Outcome outcome = Programs.run(Distribution.command(arguments));
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(code);
    return outcome.text();
  }

  /** The line of the command that says what to do about a finding. */
  static String action(JsonNode finding) {
    return "→ %s (%s)".formatted(finding.path("action").asText(), finding.path("docs").asText());
  }

  static Instant since(JsonNode finding) {
    return Instant.parse(finding.path("since").asText());
  }

  /** Whether nothing is wrong, and every instance was asked and has answered. */
  boolean well() {
    return json.path("status").asText().equals("ok")
        && json.path("unanswered").isEmpty()
        && json.path("not_asked").isEmpty();
  }

  Set<String> codes() {
    return new TreeSet<>(json.path("findings").findValuesAsText("code"));
  }

  boolean has(String... codes) {
    return codes().containsAll(Set.of(codes));
  }

  boolean hasNone(String... codes) {
    return Set.of(codes).stream().noneMatch(codes()::contains);
  }

  List<JsonNode> findings(String code) {
    List<JsonNode> found = new ArrayList<>();
    json.path("findings")
        .forEach(finding -> {
          if (finding.path("code").asText().equals(code)) {
            found.add(finding);
          }
        });
    return found;
  }

  /** The only finding of a code. */
  JsonNode finding(String code) {
    assertThat(findings(code)).as(json.toString()).hasSize(1);
    return findings(code).getFirst();
  }

  /** The services that have a finding of a code. */
  Set<String> services(String code) {
    Set<String> services = new TreeSet<>();
    findings(code).forEach(finding -> services.add(finding.path("service").asText()));
    return services;
  }

  /** Without the times of the looks, which differ from one answer to the next. */
  JsonNode timeless() {
    ObjectNode copy = json.deepCopy();
    copy.remove("checked_at");
    copy.path("processes").forEach(process -> ((ObjectNode) process).remove("checked_at"));
    return copy;
  }
}

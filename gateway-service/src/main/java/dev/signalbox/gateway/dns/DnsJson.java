package dev.signalbox.gateway.dns;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.TaskError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer in {@code application/dns-json}, with the key names of Google's public resolver, which
 * others have taken over.
 *
 * @param status response code
 * @param question what was asked
 * @param answer absent when empty, as the next two are
 * @param subnet the client subnet the answer holds for, {@code address/prefix}
 * @param comment who answered, or why nobody did
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record DnsJson(
    @JsonProperty("Status") @JsonInclude(JsonInclude.Include.ALWAYS) int status,
    @JsonProperty("TC") @JsonInclude(JsonInclude.Include.ALWAYS) boolean tc,
    @JsonProperty("RD") @JsonInclude(JsonInclude.Include.ALWAYS) boolean rd,
    @JsonProperty("RA") @JsonInclude(JsonInclude.Include.ALWAYS) boolean ra,
    @JsonProperty("AD") @JsonInclude(JsonInclude.Include.ALWAYS) boolean ad,
    @JsonProperty("CD") @JsonInclude(JsonInclude.Include.ALWAYS) boolean cd,
    @JsonProperty("Question") @JsonInclude(JsonInclude.Include.ALWAYS) List<Question> question,
    @JsonProperty("Answer") List<Data> answer,
    @JsonProperty("Authority") List<Data> authority,
    @JsonProperty("Additional") List<Data> additional,
    @JsonProperty("edns_client_subnet") @Nullable String subnet,
    @JsonProperty("Comment") @Nullable String comment) {

  private static final int SERVFAIL = 2;

  /** What was asked; the type by number. */
  record Question(String name, int type) {}

  /** A record; the type by number. */
  record Data(String name, int type, @JsonProperty("TTL") long ttl, String data) {}

  /** A result of the task {@code dns_query}. */
  static DnsJson of(JsonNode result) {
    JsonNode flags = result.path("flags");
    List<Question> questions = new ArrayList<>();
    for (JsonNode asked : result.path("question")) {
      questions.add(new Question(asked.path("name").asText(), type(asked)));
    }
    JsonNode subnet = result.path("edns").path("client_subnet");
    return new DnsJson(
        result.path("rcode_value").asInt(),
        flags.path("tc").asBoolean(),
        flags.path("rd").asBoolean(),
        flags.path("ra").asBoolean(),
        flags.path("ad").asBoolean(),
        flags.path("cd").asBoolean(),
        questions,
        records(result.path("answers")),
        records(result.path("authority")),
        records(result.path("additional")),
        subnet.isObject() ? subnet.path("address").asText() : null,
        "Response from " + result.path("resolver").asText() + ".");
  }

  /** Nobody answered: SERVFAIL, as a resolver says it. */
  static DnsJson unanswered(String name, String type, boolean cd, TaskError error) {
    return new DnsJson(
        SERVFAIL,
        false,
        true,
        true,
        false,
        cd,
        List.of(new Question(name.endsWith(".") ? name : name + ".", RecordTypeNumbers.of(type))),
        List.of(),
        List.of(),
        List.of(),
        null,
        error.message());
  }

  private static List<Data> records(JsonNode section) {
    List<Data> records = new ArrayList<>();
    for (JsonNode record : section) {
      records.add(
          new Data(
              record.path("name").asText(),
              type(record),
              record.path("ttl").asLong(),
              record.path("data").asText()));
    }
    return records;
  }

  private static int type(JsonNode named) {
    return RecordTypeNumbers.of(named.path("type").asText());
  }
}

package dev.signalbox.cli.dns;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.dns.DnsArguments.Section;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The result of a {@code dns_query} as dig prints an answer. What a service adds to the result that
 * is not known here follows at the end by its name.
 */
final class DnsText {

  private static final int TAB = 8;
  private static final int NAME_WIDTH = 24;
  private static final List<Section> RECORDS =
      List.of(Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL);
  private static final List<String> FLAGS = List.of("aa", "tc", "rd", "ra", "ad", "cd");

  private static final Set<String> KNOWN =
      Set.of(
          "domain",
          "ip_address",
          "rcode",
          "rcode_value",
          "flags",
          "question",
          "answers",
          "authority",
          "additional",
          "malformed",
          "edns",
          "resolver",
          "protocol",
          "tcp_fallback",
          "attempts",
          "timings_ms",
          "trace",
          "followed",
          "not_followed");

  private DnsText() {}

  /** What was found, as far as it belongs to the sections. */
  static String full(JsonNode result, Set<Section> sections) {
    StringBuilder text = new StringBuilder();
    if (result.has("queries")) {
      for (JsonNode query : result.path("queries")) {
        text.append(text.isEmpty() || sections.size() == 1 ? "" : "\n");
        one(query, sections, text);
      }
    } else {
      one(result, sections, text);
    }
    return text.toString();
  }

  /** The data of the answers, one per line; a query without a response as a comment. */
  static String brief(JsonNode result) {
    StringBuilder text = new StringBuilder();
    for (JsonNode query : result.has("queries") ? result.path("queries") : List.of(result)) {
      if (query.has("error")) {
        failure(query, text);
      }
      for (JsonNode record : query.path("answers")) {
        text.append(Printable.of(record.path("data"))).append('\n');
      }
    }
    return text.toString();
  }

  private static void one(JsonNode query, Set<Section> sections, StringBuilder text) {
    if (query.has("error")) {
      failure(query, text);
      return;
    }
    text.append(trace(query.path("trace")));
    boolean titles = sections.contains(Section.COMMENTS);
    if (titles && query.path("tcp_fallback").asBoolean()) {
      text.append(";; Truncated, asked again over TCP\n");
    }
    if (titles) {
      header(query, text);
    }
    if (sections.contains(Section.QUESTION)) {
      text.append(titles ? "\n;; QUESTION SECTION:\n" : "");
      for (JsonNode question : query.path("question")) {
        cell(";" + Printable.of(question.path("name")), NAME_WIDTH + TAB, text);
        cell("IN", TAB, text);
        text.append(Printable.of(question.path("type"))).append('\n');
      }
    }
    for (Section section : RECORDS) {
      if (sections.contains(section)) {
        String name = section.name();
        JsonNode records =
            query.path(section == Section.ANSWER ? "answers" : name.toLowerCase(Locale.ROOT));
        section(titles ? name : "", records, text);
      }
    }
    for (JsonNode malformed : query.path("malformed")) {
      text.append(";; Malformed: ").append(Printable.of(malformed)).append('\n');
    }
    followed(query, text);
    if (sections.contains(Section.STATS)) {
      closing(query, text);
    }
  }

  private static void header(JsonNode query, StringBuilder text) {
    JsonNode edns = query.path("edns");
    text.append(";; ->>HEADER<<- opcode: QUERY, status: ")
        .append(Printable.of(query.path("rcode")));
    text.append("\n;; flags: qr");
    FLAGS.stream()
        .filter(flag -> query.path("flags").path(flag).asBoolean())
        .forEach(flag -> text.append(' ').append(flag));
    text.append("; QUERY: ").append(query.path("question").size());
    text.append(", ANSWER: ").append(query.path("answers").size());
    text.append(", AUTHORITY: ").append(query.path("authority").size());
    text.append(", ADDITIONAL: ")
        .append(query.path("additional").size() + (edns.isObject() ? 1 : 0))
        .append('\n');
    if (edns.isObject()) {
      edns(edns, text);
    }
  }

  /** The steps of a trace; nothing when there is none. */
  static String trace(JsonNode steps) {
    StringBuilder text = new StringBuilder();
    for (JsonNode step : steps) {
      step(step, text);
    }
    return text.toString();
  }

  private static void step(JsonNode step, StringBuilder text) {
    JsonNode question = step.path("question");
    text.append(";; Zone ").append(Printable.of(step.path("zone"))).append(": ");
    text.append(Printable.of(question.path("name"))).append(' ');
    text.append(Printable.of(question.path("type")));
    if (step.hasNonNull("looking_for")) {
      text.append(", to ask the server ").append(Printable.of(step.path("looking_for")));
    }
    text.append('\n');
    for (JsonNode server : step.path("servers")) {
      text.append(";; ").append(Printable.of(server.path("name")));
      if (server.hasNonNull("address")) {
        text.append(" at ").append(server(Printable.of(server.path("address"))));
        text.append(" (").append(upper(server.path("protocol"))).append(')');
      }
      if (server.hasNonNull("elapsed_ms")) {
        text.append(", ").append(ms(server.path("elapsed_ms"))).append(" msec");
      }
      text.append(": ");
      if (server.hasNonNull("error_code")) {
        text.append(Printable.of(server.path("error_code"))).append(": ");
        text.append(Printable.of(server.path("error")));
      } else {
        text.append(Printable.of(server.path("rcode"))).append(", ");
        text.append(Printable.of(step.path("outcome")));
        text.append(step.hasNonNull("next") ? " to " + Printable.of(step.path("next")) : "");
      }
      text.append('\n');
    }
    records(step.path("answers"), text);
    records(step.path("authority"), text);
    records(step.path("additional"), text);
    if (step.path("omitted").asInt() > 0) {
      text.append(";; and ").append(step.path("omitted").asInt()).append(" more records\n");
    }
    text.append('\n');
  }

  private static void followed(JsonNode query, StringBuilder text) {
    if (!query.hasNonNull("followed")) {
      return;
    }
    text.append("\n;; FOLLOWED:\n");
    for (JsonNode target : query.path("followed")) {
      String name = Printable.of(target.path("name"));
      for (JsonNode address : target.path("addresses")) {
        cell(name, NAME_WIDTH + TAB, text);
        cell("IN", TAB, text);
        String value = Printable.of(address);
        cell(value.indexOf(':') < 0 ? "A" : "AAAA", TAB, text);
        text.append(value).append('\n');
      }
      int omitted = target.path("omitted").asInt();
      text.append(omitted > 0 ? ";; " + name + ": " + omitted + " more addresses\n" : "");
      for (JsonNode lookup : target.path("lookups")) {
        String problem = problem(lookup);
        if (!problem.isEmpty()) {
          text.append(";; ").append(name).append(' ').append(Printable.of(lookup.path("type")));
          text.append(": ").append(problem).append('\n');
        }
      }
    }
    int left = query.path("not_followed").asInt();
    text.append(left > 0 ? ";; " + left + " more names were not followed\n" : "");
  }

  private static void edns(JsonNode edns, StringBuilder text) {
    text.append("\n;; OPT PSEUDOSECTION:\n; EDNS: version: ").append(edns.path("version").asInt());
    text.append(", flags:").append(edns.path("dnssec_ok").asBoolean() ? " do" : "");
    text.append("; udp: ").append(edns.path("udp_size").asInt()).append('\n');
    if (edns.hasNonNull("nsid")) {
      text.append("; NSID: ").append(Printable.of(edns.path("nsid"))).append('\n');
    }
    JsonNode subnet = edns.path("client_subnet");
    if (subnet.isObject()) {
      text.append("; CLIENT-SUBNET: ").append(Printable.of(subnet.path("address")));
      text.append('/').append(subnet.path("scope").asInt()).append('\n');
    }
    for (JsonNode error : edns.path("extended_errors")) {
      text.append("; EDE: ").append(error.path("code").asInt());
      text.append(" (").append(Printable.of(error.path("name"))).append(')');
      String more = Printable.of(error.path("text"));
      text.append(more.isEmpty() ? "" : ": (" + more + ")").append('\n');
    }
    for (JsonNode option : edns.path("options")) {
      text.append("; OPT=").append(option.path("code").asInt());
      text.append(": ").append(Printable.of(option.path("data"))).append('\n');
    }
  }

  private static void section(String name, JsonNode records, StringBuilder text) {
    if (records.isEmpty()) {
      return;
    }
    text.append(name.isEmpty() ? "" : "\n;; " + name + " SECTION:\n");
    records(records, text);
  }

  private static void records(JsonNode records, StringBuilder text) {
    for (JsonNode record : records) {
      cell(Printable.of(record.path("name")), NAME_WIDTH, text);
      cell(Long.toString(record.path("ttl").asLong()), TAB, text);
      cell("IN", TAB, text);
      cell(Printable.of(record.path("type")), TAB, text);
      text.append(Printable.of(record.path("data"))).append('\n');
    }
  }

  /** A word and tabs to the next column, at least one. */
  private static void cell(String word, int width, StringBuilder text) {
    text.append(word);
    int missing = Math.max(1, width - word.length());
    text.repeat("\t", (missing + TAB - 1) / TAB);
  }

  private static void closing(JsonNode query, StringBuilder text) {
    JsonNode timings = query.path("timings_ms");
    text.append("\n;; Query time: ").append(ms(timings.path("query"))).append(" msec");
    if (timings.hasNonNull("connect")) {
      text.append(", connect: ").append(ms(timings.path("connect"))).append(" msec");
    }
    if (timings.hasNonNull("tls")) {
      text.append(", TLS: ").append(ms(timings.path("tls"))).append(" msec");
    }
    text.append("\n;; SERVER: ").append(server(Printable.of(query.path("resolver"))));
    text.append(" (").append(upper(query.path("protocol")));
    int attempts = query.path("attempts").asInt();
    text.append(attempts > 1 ? ", attempt " + attempts : "").append(")\n");
    for (Map.Entry<String, JsonNode> extra : query.properties()) {
      // A property that is false needs no line.
      JsonNode value = extra.getValue();
      boolean said = !value.isNull() && !(value.isBoolean() && !value.asBoolean());
      if (said && !KNOWN.contains(extra.getKey())) {
        text.append(";; ").append(Printable.of(extra.getKey())).append(": ");
        text.append(Printable.of(extra.getValue())).append('\n');
      }
    }
  }

  /** What is wrong with a lookup that was followed; empty when nothing is. */
  private static String problem(JsonNode lookup) {
    JsonNode error = lookup.path("error");
    if (error.isObject()) {
      return Printable.of(error.path("code")) + ": " + Printable.of(error.path("message"));
    }
    String rcode = Printable.of(lookup.path("rcode"));
    JsonNode dnssec = lookup.path("dnssec");
    if (rcode.equals("NOERROR") && dnssec.path("status").asText().equals("bogus")) {
      return "bogus: " + Printable.of(dnssec.path("reason"));
    }
    return rcode.equals("NOERROR") ? "" : rcode;
  }

  private static String upper(JsonNode word) {
    return Printable.of(word).toUpperCase(Locale.ROOT);
  }

  private static String ms(JsonNode number) {
    double ms = number.asDouble();
    return ms < 10 ? "%.1f".formatted(ms) : Long.toString(Math.round(ms));
  }

  /** Address and port the way dig writes them. */
  private static String server(String resolver) {
    int colon = resolver.lastIndexOf(':');
    return resolver.contains("://") || colon < 0
        ? resolver
        : resolver.substring(0, colon) + "#" + resolver.substring(colon + 1);
  }

  private static void failure(JsonNode query, StringBuilder text) {
    JsonNode error = query.path("error");
    JsonNode question = query.path("question").path(0);
    text.append(";; ").append(Printable.of(question.path("name")));
    text.append(' ').append(Printable.of(question.path("type")));
    text.append(" at ").append(server(Printable.of(query.path("resolver"))));
    text.append(": ").append(Printable.of(error.path("code")));
    text.append(": ").append(Printable.of(error.path("message"))).append('\n');
  }
}

package dev.signalbox.cli.probe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.command.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The result of an {@code http_probe} for people. What a service adds to the result that is not
 * known here follows at the end by its name.
 */
final class ProbeText {

  private static final List<String> PHASES =
      List.of("dns", "connect", "tls", "first_byte", "download", "total");

  private static final Set<String> KNOWN =
      Set.of(
          "success",
          "url",
          "final_url",
          "status_code",
          "http_version",
          "remote_ip",
          "ip_family",
          "headers",
          "headers_all",
          "data",
          "data_encoding",
          "body_bytes",
          "body_sha256",
          "truncated",
          "timings_ms",
          "hops",
          "tls",
          "assertions");

  private ProbeText() {}

  /** Status line, hops with their phases, TLS, body and assertions. */
  static String of(JsonNode result, boolean headers) {
    StringBuilder text = new StringBuilder();
    text.append(Printable.of(result.path("http_version"))).append(' ');
    text.append(result.path("status_code").asInt()).append("  ");
    text.append(Printable.of(result.path("final_url")));
    text.append("  from ").append(Printable.of(result.path("remote_ip"))).append('\n');
    if (headers) {
      headers(result.path("headers"), text);
    }
    hops(result, text);
    if (result.path("tls").isObject()) {
      tls(result.path("tls"), text);
    }
    text.append("\nBody  ").append(result.path("body_bytes").asLong()).append(" bytes");
    text.append(result.path("truncated").asBoolean() ? ", cut there" : "");
    if (result.hasNonNull("body_sha256")) {
      text.append(", SHA-256 ").append(Printable.of(result.path("body_sha256")));
    }
    text.append('\n');
    assertions(result.path("assertions"), text);
    for (Map.Entry<String, JsonNode> extra : result.properties()) {
      if (!KNOWN.contains(extra.getKey()) && !extra.getValue().isNull()) {
        text.append('\n').append(Printable.of(extra.getKey())).append("  ");
        text.append(Printable.of(extra.getValue())).append('\n');
      }
    }
    return text.toString();
  }

  private static void headers(JsonNode headers, StringBuilder text) {
    for (Map.Entry<String, JsonNode> header : headers.properties()) {
      // Only Set-Cookie may have several values, one per line.
      for (String value : header.getValue().asText().split("\n", -1)) {
        text.append(Printable.of(header.getKey())).append(": ");
        text.append(Printable.of(value)).append('\n');
      }
    }
  }

  private static void hops(JsonNode result, StringBuilder text) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("hop", "status", "dns", "connect", "tls", "first byte", "download", "total ms"));
    List<String> urls = new ArrayList<>();
    urls.add("url");
    int number = 1;
    for (JsonNode hop : result.path("hops")) {
      List<String> row = new ArrayList<>();
      row.add(Integer.toString(number++));
      row.add(Integer.toString(hop.path("status_code").asInt()));
      PHASES.forEach(phase -> row.add(ms(hop.path("timings_ms").path(phase))));
      rows.add(row);
      urls.add(Printable.of(hop.path("url")) + " (" + Printable.of(hop.path("remote_ip")) + ")");
    }
    text.append('\n');
    for (int i = 0; i < rows.size(); i++) {
      for (int column = 0; column < rows.get(i).size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
        String cell = rows.get(i).get(column);
        text.repeat(" ", width - cell.length() + (column == 0 ? 0 : 2)).append(cell);
      }
      text.append("  ").append(urls.get(i)).append('\n');
    }
    if (rows.size() > 2) {
      text.append("all hops  ").append(ms(result.path("timings_ms").path("total"))).append(" ms\n");
    }
  }

  private static String ms(JsonNode value) {
    return value.isNumber() ? "%.1f".formatted(value.asDouble()) : "-";
  }

  private static void tls(JsonNode tls, StringBuilder text) {
    text.append("\nTLS   ").append(Printable.of(tls.path("protocol")));
    text.append(", ").append(Printable.of(tls.path("cipher")));
    text.append(tls.path("verified").asBoolean() ? ", verified" : ", NOT verified");
    if (tls.hasNonNull("error")) {
      text.append(": ").append(Printable.of(tls.path("error")));
    }
    text.append('\n');
    fact("subject", tls.path("subject"), text);
    fact("issuer", tls.path("issuer"), text);
    if (tls.hasNonNull("not_after")) {
      text.append("      expires ").append(Printable.of(tls.path("not_after")));
      long days = tls.path("days_left").asLong();
      text.append(days < 0 ? ", EXPIRED" : ", in " + days + " days").append('\n');
    }
    if (!tls.path("san").isEmpty()) {
      List<String> names = new ArrayList<>();
      tls.path("san").forEach(name -> names.add(Printable.of(name)));
      text.append("      names ").append(String.join(", ", names)).append('\n');
    }
    fact("SHA-256", tls.path("fingerprint_sha256"), text);
    fact("identified by", tls.path("client_certificate"), text);
  }

  private static void fact(String name, JsonNode value, StringBuilder text) {
    if (value.isTextual()) {
      text.append("      ").append(name).append(' ').append(Printable.of(value)).append('\n');
    }
  }

  private static void assertions(JsonNode assertions, StringBuilder text) {
    if (assertions.isEmpty()) {
      return;
    }
    text.append('\n');
    for (JsonNode assertion : assertions) {
      text.append(assertion.path("passed").asBoolean() ? "passed  " : "FAILED  ");
      text.append(Printable.of(assertion.path("source"))).append(' ');
      if (assertion.hasNonNull("property")) {
        text.append(Printable.of(assertion.path("property"))).append(' ');
      }
      text.append(Printable.of(assertion.path("comparison")));
      String target = Printable.of(assertion.path("target"));
      text.append(target.isEmpty() ? "" : " " + target);
      text.append(
          assertion.hasNonNull("actual")
              ? "  (is " + Printable.of(assertion.path("actual")) + ")\n"
              : "  (is missing)\n");
    }
  }
}

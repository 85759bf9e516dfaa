package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.assertion.AssertionCheck;
import dev.signalbox.httpprobe.assertion.AssertionCheck.Outcome;
import dev.signalbox.httpprobe.body.Body;
import dev.signalbox.httpprobe.body.BodyText;
import dev.signalbox.httpprobe.connect.IpFamily;
import dev.signalbox.httpprobe.exchange.Header;
import dev.signalbox.httpprobe.exchange.HopAnswer;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.httpprobe.tls.TlsFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A probe's findings in the shape clients see. */
public final class ProbeReport {

  private static final int FIRST_FAILING_STATUS = 400;

  private final ProbeResult result;
  private final HopAnswer answer;
  private final Body body;
  private final BodyText text;

  public ProbeReport(ProbeResult result) {
    this.result = result;
    this.answer = result.last().answer();
    this.body = answer.body() == null ? new Body(null, 0, "", false) : answer.body();
    this.text = BodyText.of(body, answer.header("content-type").orElse(""));
  }

  /** Of task {@code http_probe}. */
  public Map<String, @Nullable Object> full() {
    Hop last = result.last();
    List<Outcome> outcomes =
        new AssertionCheck(answer, last.tls(), result.totalNanos(), text)
            .all(result.task().assertions());
    boolean shown = result.task().body().include();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("success", success(outcomes));
    map.put("url", result.task().request().url().toString());
    map.put("final_url", last.url().toString());
    map.put("status_code", answer.status());
    map.put("http_version", answer.version());
    map.put("remote_ip", last.address().getHostAddress());
    map.put("ip_family", IpFamily.of(last.address()).key());
    map.put("headers", headers(answer));
    map.put("headers_all", allHeaders(answer));
    map.put("data", shown ? text.data() : null);
    map.put("data_encoding", shown ? text.encoding() : null);
    map.put("body_bytes", body.length());
    map.put("body_sha256", body.sha256());
    map.put("truncated", body.truncated());
    map.put("timings_ms", last.timings().toMap(result.totalNanos()));
    map.put("hops", result.hops().stream().map(HopFacts::of).map(ProbeReport::hop).toList());
    map.put("tls", tls(last.tls()));
    map.put("assertions", outcomes.stream().map(Outcome::toMap).toList());
    return map;
  }

  /**
   * Of a probe that failed: what was known by then, in the names of the full report.
   *
   * @param hops those that ended
   * @param unfinished the one that did not, if it had a connection; null only after others
   */
  static Map<String, @Nullable Object> unfinished(
      ProbeTask task, List<Hop> hops, @Nullable HopFacts unfinished, long totalNanos) {
    List<HopFacts> all = new ArrayList<>(hops.stream().map(HopFacts::of).toList());
    if (unfinished != null) {
      all.add(unfinished);
    }
    HopFacts last = all.getLast();
    HopAnswer head = last.answer();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("url", task.request().url().toString());
    map.put("final_url", last.url().toString());
    map.put("status_code", head == null ? null : head.status());
    map.put("http_version", head == null ? null : head.version());
    map.put("remote_ip", last.address().getHostAddress());
    map.put("ip_family", IpFamily.of(last.address()).key());
    map.put("headers", head == null ? null : headers(head));
    map.put("headers_all", head == null ? null : allHeaders(head));
    map.put("timings_ms", last.timings().toMap(totalNanos));
    map.put("hops", all.stream().map(ProbeReport::hop).toList());
    map.put("tls", tls(last.tls()));
    return map;
  }

  /** Of task {@code http_get_request}. */
  public Map<String, @Nullable Object> brief() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("url", result.task().request().url().toString());
    map.put("status_code", answer.status());
    map.put("data", text.data());
    map.put("data_encoding", text.encoding());
    map.put("final_url", result.last().url().toString());
    return map;
  }

  private boolean success(List<Outcome> outcomes) {
    return outcomes.isEmpty()
        ? answer.status() < FIRST_FAILING_STATUS
        : outcomes.stream().allMatch(Outcome::passed);
  }

  private static Map<String, String> headers(HopAnswer answer) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Header header : answer.headers()) {
      // RFC 9110, 5.3: equal to one field with the values joined; Set-Cookie alone is not, and is
      // shown a line each.
      String name = header.name().toLowerCase(Locale.ROOT);
      String between = name.equals("set-cookie") ? "\n" : ", ";
      map.merge(name, header.value(), (before, more) -> before + between + more);
    }
    return map;
  }

  /** Every field by itself, for those that cannot be told apart once they are joined. */
  private static Map<String, List<String>> allHeaders(HopAnswer answer) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    for (Header header : answer.headers()) {
      map.computeIfAbsent(header.name().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
          .add(header.value());
    }
    return map;
  }

  private static Map<String, @Nullable Object> hop(HopFacts hop) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("url", hop.url().toString());
    map.put("status_code", hop.answer() == null ? null : hop.answer().status());
    map.put("remote_ip", hop.address().getHostAddress());
    map.put("timings_ms", hop.timings().toMap(hop.timings().totalNanos()));
    map.put("connection_reused", hop.reused());
    map.put("tls", tls(hop.tls()));
    return map;
  }

  private static @Nullable Map<String, @Nullable Object> tls(@Nullable TlsFacts facts) {
    return facts == null ? null : facts.toMap();
  }
}

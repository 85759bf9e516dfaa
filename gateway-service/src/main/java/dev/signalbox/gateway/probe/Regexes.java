package dev.signalbox.gateway.probe;

import com.google.re2j.Pattern;
import dev.signalbox.contracts.dns.DnsRecord;
import java.util.List;

/**
 * Applies a module's regular expressions, as blackbox_exporter does; but {@code
 * fail_if_all_match_regexp} means what it says, while there a probe fails unless all match.
 */
final class Regexes {

  private Regexes() {}

  /** Whether a text passes: none of the first matches, all of the second do. */
  static boolean body(String body, HttpModule module, ProbeLog log) {
    for (Pattern pattern : module.failIfBodyMatches()) {
      if (pattern.matcher(body).find()) {
        log.error("Body matched regular expression", "regexp", pattern);
        return false;
      }
    }
    for (Pattern pattern : module.failIfBodyNotMatches()) {
      if (!pattern.matcher(body).find()) {
        log.error("Body did not match regular expression", "regexp", pattern);
        return false;
      }
    }
    return true;
  }

  /** A header's values by its name in lower case. */
  @FunctionalInterface
  interface Headers {
    List<String> values(String name);
  }

  /** Whether header fields pass. */
  static boolean headers(Headers headers, HttpModule module, ProbeLog log) {
    for (HttpModule.HeaderRule rule : module.failIfHeaderMatches()) {
      List<String> values = headers.values(rule.header());
      if (values.isEmpty() && !rule.allowMissing()) {
        log.error("Missing required header", "header", rule.header());
        return false;
      }
      if (values.stream().anyMatch(value -> rule.regexp().matcher(value).find())) {
        log.error(
            "Header matched regular expression", "header", rule.header(), "regexp", rule.regexp());
        return false;
      }
    }
    for (HttpModule.HeaderRule rule : module.failIfHeaderNotMatches()) {
      List<String> values = headers.values(rule.header());
      if (values.isEmpty() && rule.allowMissing()) {
        continue;
      }
      if (values.stream().noneMatch(value -> rule.regexp().matcher(value).find())) {
        log.error(
            values.isEmpty()
                ? "Missing required header"
                : "Header did not match regular expression",
            "header",
            rule.header(),
            "regexp",
            rule.regexp());
        return false;
      }
    }
    return true;
  }

  /** Whether the records of a section pass. */
  static boolean records(
      String section,
      List<DnsRecord> records,
      String recordClass,
      DnsModule.RecordRules rules,
      ProbeLog log) {
    List<String> lines = records.stream().map(record -> line(record, recordClass)).toList();
    if (lines.isEmpty()
        && !(rules.failIfNotMatches().isEmpty() && rules.failIfNoneMatches().isEmpty())) {
      log.error("No records, but a match is required", "section", section);
      return false;
    }
    for (String line : lines) {
      if (matchesAny(line, rules.failIfMatches())) {
        log.error("Record matched a regular expression", "section", section, "record", line);
        return false;
      }
      if (!matchesAll(line, rules.failIfNotMatches())) {
        log.error("Record did not match a regular expression", "section", section, "record", line);
        return false;
      }
    }
    if (!lines.isEmpty()
        && !rules.failIfAllMatch().isEmpty()
        && lines.stream().allMatch(line -> matchesAll(line, rules.failIfAllMatch()))) {
      log.error("All records matched the regular expressions", "section", section);
      return false;
    }
    if (!rules.failIfNoneMatches().isEmpty()
        && lines.stream().noneMatch(line -> matchesAny(line, rules.failIfNoneMatches()))) {
      log.error("No record matched a regular expression", "section", section);
      return false;
    }
    return true;
  }

  private static boolean matchesAny(String line, List<Pattern> patterns) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(line).find());
  }

  private static boolean matchesAll(String line, List<Pattern> patterns) {
    return patterns.stream().allMatch(pattern -> pattern.matcher(line).find());
  }

  /** A record in the form of zone files, with tabs between the fields. */
  private static String line(DnsRecord record, String recordClass) {
    return String.join(
        "\t",
        record.name(),
        Long.toString(record.ttl()),
        recordClass,
        record.type(),
        record.data());
  }
}

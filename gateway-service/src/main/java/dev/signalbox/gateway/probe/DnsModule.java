package dev.signalbox.gateway.probe;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Settings of prober {@code dns}; names and meaning are blackbox_exporter's.
 *
 * @param validRcodes response codes by name; {@code NOERROR} when the module names none
 * @param transport {@code udp}, {@code tcp} or {@code tls}
 */
record DnsModule(
    String queryName,
    String queryType,
    String queryClass,
    boolean recursionDesired,
    String transport,
    List<String> validRcodes,
    RecordRules answer,
    RecordRules authority,
    RecordRules additional,
    IpChoice ip)
    implements ProbeModule.Prober {

  /** Rules about the records of a section. */
  record RecordRules(
      List<Pattern> failIfMatches,
      List<Pattern> failIfAllMatch,
      List<Pattern> failIfNotMatches,
      List<Pattern> failIfNoneMatches) {

    static RecordRules read(ModuleKeys keys) {
      RecordRules rules =
          new RecordRules(
              keys.patterns("fail_if_matches_regexp"),
              keys.patterns("fail_if_all_match_regexp"),
              keys.patterns("fail_if_not_matches_regexp"),
              keys.patterns("fail_if_none_matches_regexp"));
      keys.end();
      return rules;
    }
  }

  private static final int LONGEST_NAME = 1_020;

  static DnsModule read(ModuleKeys keys) {
    String name = keys.text("query_name", "");
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      keys.problem("query_name", "is required, with at most " + LONGEST_NAME + " characters");
    }
    String type = keys.text("query_type", "ANY").toUpperCase(Locale.ROOT);
    if (!type.matches("[A-Z0-9-]{1,16}")) {
      keys.problem("query_type", "must be the name of a record type");
    }
    String transport = keys.oneOf("transport_protocol", "udp", Set.of("udp", "tcp"));
    boolean tls = keys.bool("dns_over_tls", false);
    if (tls && transport.equals("udp")) {
      keys.problem("transport_protocol", "must be tcp with dns_over_tls");
    }
    ModuleKeys tlsConfig = keys.object("tls_config");
    tlsConfig.unsupported(
        "insecure_skip_verify",
        "server_name",
        "ca_file",
        "cert_file",
        "key_file",
        "min_version",
        "max_version");
    tlsConfig.end();
    keys.unsupported("source_ip_address");
    List<String> rcodes =
        keys.texts("valid_rcodes").stream().map(code -> code.toUpperCase(Locale.ROOT)).toList();
    if (!rcodes.stream().allMatch(code -> code.matches("[A-Z0-9]{1,16}"))) {
      keys.problem("valid_rcodes", "must be names of response codes");
    }
    return new DnsModule(
        name,
        type,
        keys.oneOf("query_class", "IN", Set.of("IN", "CH")),
        keys.bool("recursion_desired", true),
        tls ? "tls" : transport,
        rcodes.isEmpty() ? List.of("NOERROR") : rcodes,
        RecordRules.read(keys.object("validate_answer_rrs")),
        RecordRules.read(keys.object("validate_authority_rrs")),
        RecordRules.read(keys.object("validate_additional_rrs")),
        IpChoice.read(keys));
  }
}

package dev.signalbox.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.dns.DnsRecord;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegexesTest {

  private static final ProbeLog LOG = new ProbeLog("m", "t");

  private static ProbeModule.Prober prober(String keys) {
    ProbeModules modules = ProbeModules.parse("modules: {m: {" + keys + "}}");
    assertThat(modules.problems()).isEmpty();
    return modules.byName().get("m").prober();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | fail_if_matches_regexp: [nothing] | true",
        "2 | fail_if_matches_regexp: [nothing, '192.0.2.2'] | false",
        "2 | fail_if_all_match_regexp: ['192.0.2.1'] | true",
        "2 | fail_if_all_match_regexp: ['192.0.2'] | false",
        "2 | fail_if_not_matches_regexp: ['192.0.2'] | true",
        "2 | fail_if_not_matches_regexp: ['192.0.2.1'] | false",
        "2 | fail_if_none_matches_regexp: ['192.0.2.2'] | true",
        "2 | fail_if_none_matches_regexp: ['192.0.2.9'] | false",
        "2 | fail_if_not_matches_regexp: [\"^a.test.\\t300\\tIN\\tA\\t192.0.2.[12]$\"] | true",
        "0 | fail_if_matches_regexp: [x] | true",
        "0 | fail_if_all_match_regexp: [x] | true",
        "0 | fail_if_not_matches_regexp: [x] | false",
        "0 | fail_if_none_matches_regexp: [x] | false"
      })
  void givenRecords_whenARuleHolds_thenTheyPassOrNot(int count, String rule, boolean pass) {
    DnsModule module =
        (DnsModule)
            prober("prober: dns, dns: {query_name: a, validate_answer_rrs: {" + rule + "}}");
    List<DnsRecord> records =
        List.of(
                new DnsRecord("a.test.", "A", 300, "192.0.2.1"),
                new DnsRecord("a.test.", "A", 300, "192.0.2.2"))
            .subList(0, count);

    assertThat(Regexes.records("answer", records, "IN", module.answer(), LOG)).isEqualTo(pass);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fail_if_header_matches: [{header: X-A, regexp: one}] | false",
        "fail_if_header_matches: [{header: X-A, regexp: three}] | true",
        "fail_if_header_matches: [{header: X-B, regexp: x}] | false",
        "fail_if_header_matches: [{header: X-B, regexp: x, allow_missing: true}] | true",
        "fail_if_header_not_matches: [{header: x-a, regexp: two}] | true",
        "fail_if_header_not_matches: [{header: x-a, regexp: three}] | false",
        "fail_if_header_not_matches: [{header: X-B, regexp: x}] | false",
        "fail_if_header_not_matches: [{header: X-B, regexp: x, allow_missing: true}] | true"
      })
  void givenHeaders_whenARuleHolds_thenTheyPassOrNot(String rule, boolean pass) {
    HttpModule module = (HttpModule) prober("prober: http, http: {" + rule + "}");

    assertThat(
            Regexes.headers(
                name -> name.equals("x-a") ? List.of("one", "two") : List.of(), module, LOG))
        .isEqualTo(pass);
  }
}

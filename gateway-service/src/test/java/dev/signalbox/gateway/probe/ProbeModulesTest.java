package dev.signalbox.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeModulesTest {

  @TempDir private Path directory;

  private static ProbeModule module(String keys) {
    ProbeModules modules = ProbeModules.parse("modules: {m: {" + keys + "}}");
    assertThat(modules.problems()).isEmpty();
    return modules.byName().get("m");
  }

  @Test
  void givenNoFile_whenRead_thenHttp2xxIsThere() {
    ProbeModules modules = ProbeModules.read("");

    assertThat(modules.problems()).isEmpty();
    assertThat(modules.byName()).containsOnlyKeys("http_2xx");
    HttpModule http = (HttpModule) modules.byName().get("http_2xx").prober();
    assertThat(http.followRedirects()).isTrue();
    assertThat(http.verifyTls()).isTrue();
    assertThat(http.ip().family()).isEqualTo("prefer_ipv6");
  }

  @Test
  void givenEveryKeyOfHttp_whenRead_thenItHasItsMeaning() throws IOException {
    Path body = Files.writeString(directory.resolve("body"), "a=b");
    Path token = Files.writeString(directory.resolve("token"), "t0ken\n");
    HttpModule http =
        (HttpModule)
            module(
                    """
                    prober: http, timeout: 1m30s500ms, tcp: {}, http: {
                      valid_status_codes: [200, 404], valid_http_versions: [HTTP/1.1], method: POST,
                      headers: {X-A: b}, body_file: %s, no_follow_redirects: true, enable_http2: false,
                      fail_if_ssl: true, fail_if_not_ssl: true, bearer_token_file: %s,
                      fail_if_body_matches_regexp: [x], fail_if_body_not_matches_regexp: [y],
                      fail_if_header_matches: [{header: Set-Cookie, regexp: s, allow_missing: true}],
                      fail_if_header_not_matches: [{header: Server, regexp: z}],
                      preferred_ip_protocol: ip4, ip_protocol_fallback: false, body_size_limit: 10KB,
                      compression: gzip, tls_config: {insecure_skip_verify: true, server_name: n, ca_file: %s}}
                    """
                        .formatted(body, token, body))
                .prober();

    assertThat(http.validStatusCodes()).containsExactly("200", "404");
    assertThat(http.headers())
        .containsEntry("x-a", "b")
        .containsEntry("authorization", "Bearer t0ken");
    assertThat(http.body()).isEqualTo("a=b");
    assertThat(http.followRedirects()).isFalse();
    assertThat(http.http2()).isFalse();
    assertThat(http.bodySizeLimit()).isEqualTo(10_240);
    assertThat(http.failIfHeaderMatches().getFirst().header()).isEqualTo("set-cookie");
    assertThat(http.ip().family()).isEqualTo("ipv4");
    assertThat(http.serverName()).isEqualTo("n");
    assertThat(http.caPem()).isEqualTo("a=b");
  }

  @Test
  void givenNumbersWhereTextsBelong_whenRead_thenTheyStayAsTheyAreWritten() {
    HttpModule http =
        (HttpModule)
            module(
                    "prober: http, http: {body: 0x1F, headers: {X-Version: 1.10, X-Id: 007},"
                        + " basic_auth: {username: 1_000, password: 00123}}")
                .prober();

    assertThat(http.body()).isEqualTo("0x1F");
    assertThat(http.headers())
        .containsEntry("x-version", "1.10")
        .containsEntry("x-id", "007")
        .containsEntry("authorization", "Basic MV8wMDA6MDAxMjM=");
  }

  @Test
  void givenKeysWithoutValues_whenRead_thenTheyAreAsGoodAsAbsent() {
    ProbeModules modules =
        ProbeModules.parse("modules:\n  m:\n    prober: http\n    timeout:\n    http:\n");

    assertThat(modules.problems()).isEmpty();
    assertThat(modules.byName()).containsKey("m");
  }

  @Test
  void givenListsInListsWithoutEnd_whenRead_thenThereIsAProblem() {
    String deep = "modules: {m: {prober: http, http: " + "[".repeat(100_000);

    assertThat(ProbeModules.parse(deep).problems()).isNotEmpty();
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void givenAFileWithoutAnEnd_whenRead_thenNoMoreThanItsBoundIsRead() {
    assertThat(ProbeModules.read("/dev/zero").problems())
        .singleElement()
        .asString()
        .contains("at most 1048576 bytes");
  }

  @Test
  void givenAFileThatIsNoText_whenRead_thenTheProblemSaysSo() throws IOException {
    Path file = Files.write(directory.resolve("m.yml"), new byte[] {(byte) 0xff});

    assertThat(ProbeModules.read(file.toString()).problems())
        .singleElement()
        .asString()
        .contains("text in UTF-8");
  }

  @Test
  void givenADnsModule_whenRead_thenItHasItsMeaning() {
    ProbeModule module =
        module(
            """
            prober: dns, timeout: 2s, dns: {query_name: a.test, query_type: soa, query_class: CH,
            transport_protocol: tcp, dns_over_tls: true, recursion_desired: false, valid_rcodes: [nxdomain],
            validate_answer_rrs: {fail_if_matches_regexp: [a], fail_if_all_match_regexp: [b]},
            validate_authority_rrs: {fail_if_not_matches_regexp: [c]},
            validate_additional_rrs: {fail_if_none_matches_regexp: [d]}}
            """);
    DnsModule dns = (DnsModule) module.prober();

    assertThat(module.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(dns.queryType()).isEqualTo("SOA");
    assertThat(dns.transport()).isEqualTo("tls");
    assertThat(dns.validRcodes()).containsExactly("NXDOMAIN");
    assertThat(dns.answer().failIfAllMatch()).hasSize(1);
    assertThat(dns.additional().failIfNoneMatches()).hasSize(1);
  }

  @Test
  void givenSecrets_whenShown_thenTheyAreHidden() {
    ProbeModule module =
        module(
            "prober: http, http: {basic_auth: {username: u, password: hunter2},"
                + " headers: {X-Other: fine, X-Api-Key: hunter2, Cookie: a=hunter2}}");

    assertThat(module.yaml()).contains("<secret>", "fine").doesNotContain("hunter2");
    assertThat(((HttpModule) module.prober()).headers())
        .containsEntry("authorization", "Basic dTpodW50ZXIy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prober: tcp | prober must be http or dns; tcp is not supported",
        "prober: icmp | prober must be http or dns; icmp is not supported",
        "prober: grpc | prober must be http or dns; grpc is not supported",
        "timeout: 5s | prober must be http or dns",
        "prober: http, frob: 1 | \"frob\" is not a known key",
        "prober: http, http: {frob: 1} | http.\"frob\" is not a known key",
        "prober: http, http: {proxy_url: x} | http.proxy_url is not supported",
        "prober: http, http: {tls_config: {cert_file: x}} | http.tls_config.cert_file is not supported",
        "prober: http, http: {tls_config: {ca_file: /nowhere}} | http.tls_config.ca_file must name a readable",
        "prober: http, http: {valid_status_codes: [2xx]} | http.valid_status_codes must be status codes",
        "prober: http, http: {valid_http_versions: [HTTP/9]} | http.valid_http_versions must be of",
        "prober: http, http: {method: FROB} | http.method must be one of",
        "prober: http, http: {fail_if_ssl: maybe} | http.fail_if_ssl must be true or false",
        "prober: http, http: {fail_if_body_matches_regexp: ['(']} | must be regular expressions of RE2",
        "prober: http, http: {fail_if_body_matches_regexp: ['(?=x)']} | must be regular expressions of RE2",
        "prober: http, http: {fail_if_header_matches: [{regexp: x}]} | header is required",
        "prober: http, http: {fail_if_header_matches: [{header: x}]} | regexp is required",
        "prober: http, http: {body_size_limit: much} | http.body_size_limit must be a size",
        "prober: http, http: {body_size_limit: 99999999TB} | http.body_size_limit must be a size below",
        "prober: http, http: {compression: lzw} | http.compression must be one of",
        "prober: http, http: {preferred_ip_protocol: ip5} | http.preferred_ip_protocol must be one of",
        "prober: http, http: {headers: {\"a b\": c}} | must be a token",
        "prober: http, http: {headers: {a: \"b\\nc\"}} | must be a token",
        "prober: http, http: {bearer_token: x, basic_auth: {username: y}} | must not go with",
        "prober: http, http: {body: x, body_file: y} | http.body_file must",
        "prober: http, http: [] | http must be a map",
        "prober: http, timeout: soon | timeout must be a duration",
        "prober: dns | dns.query_name is required",
        "prober: dns, dns: {query_name: a, source_ip_address: b} | dns.source_ip_address is not supported",
        "prober: dns, dns: {query_name: a, query_class: HS} | dns.query_class must be one of",
        "prober: dns, dns: {query_name: a, query_type: '?'} | dns.query_type must be the name",
        "prober: dns, dns: {query_name: a, transport_protocol: sctp} | dns.transport_protocol must be",
        "prober: dns, dns: {query_name: a, dns_over_tls: true} | dns.transport_protocol must be tcp",
        "prober: dns, dns: {query_name: a, validate_answer_rrs: {x: 1}} | validate_answer_rrs.\"x\" is not"
      })
  void givenABrokenModule_whenRead_thenTheProblemNamesModuleAndKey(String keys, String problem) {
    ProbeModules modules = ProbeModules.parse("modules: {m: {" + keys + "}}");

    assertThat(modules.problems())
        .anySatisfy(one -> assertThat(one).startsWith("module \"m\": ").contains(problem));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "modules: []",
        "modules: {a: 1}",
        "mods: {}",
        "modules: {}\nmore: 1",
        "modules: {a: {prober: http}, a: {prober: http}}",
        "modules: {a",
        "modules: {}\n---\nmodules: {}",
        "modules: {a: &a {prober: http}, b: *a}",
        "modules: {a: {prober: http, http: {<<: {method: POST}}}}",
        "a: &a [x]\nmodules: {m: {prober: http, http: {body: *a}}}",
        "\u0000"
      })
  void givenNoModules_whenRead_thenThereIsAProblem(String yaml) {
    assertThat(ProbeModules.parse(yaml).problems()).isNotEmpty();
  }

  @Test
  void givenABrokenFile_whenConfigured_thenTheStartFailsWithTheKey() throws IOException {
    Path file = Files.writeString(directory.resolve("m.yml"), "modules: {m: {prober: unix}}");

    assertThatThrownBy(() -> new ProbeConfig(file.toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("probe.modules-file")
        .hasMessageContaining("unix is not supported");
    assertThatThrownBy(() -> new ProbeConfig(directory.resolve("none").toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("must name a readable file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"s3cret", "*s3cret", "@s3cret", "[s3cret", "s3cret: x: y"})
  void givenABrokenCredential_whenRead_thenTheProblemRepeatsNothingOfIt(String value) {
    String yaml =
        "modules:\n  m:\n    prober: http\n    http:\n      bearer_token: " + value + "\n";

    assertThat(ProbeModules.parse(yaml).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains("line").doesNotContain("s3cret"));
  }

  @Test
  void givenAnExpressionThatNestsDeep_whenRead_thenAnErrorOfTheStackIsAProblem() throws Exception {
    module("prober: http, http: {fail_if_body_matches_regexp: [a]}");
    List<String> problems = new ArrayList<>();
    Thread thread =
        new Thread(
            null,
            () ->
                problems.addAll(
                    ProbeModules.parse(
                            "modules: {m: {prober: http, http:"
                                + " {fail_if_body_matches_regexp: ['.{0,1000}']}}}")
                        .problems()),
            "small stack",
            192 * 1_024);
    thread.start();
    thread.join(60_000);

    assertThat(problems)
        .containsExactly(
            "module \"m\": http.fail_if_body_matches_regexp must be regular expressions of RE2:"
                + " \".{0,1000}\", nests too deep");
  }
}

package dev.signalbox.cli.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.cli.dns.DnsArguments.Section;
import dev.signalbox.platform.node.StartException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsArgumentsTest {

  private static DnsArguments parse(String line) {
    return DnsArguments.parse(List.of(line.split(" ", -1)));
  }

  @Test
  void aNameAloneIsTheWholeQuestion() {
    assertThat(parse("example.com").params()).isEqualTo(Map.of("domain", "example.com"));
  }

  @Test
  void typesAndResolversMayBeSeveral() {
    assertThat(parse("example.com a MX @1.1.1.1 --resolver tls://9.9.9.9").params())
        .containsEntry("types", List.of("A", "MX"))
        .containsEntry("resolvers", List.of("1.1.1.1", "tls://9.9.9.9"));
  }

  @Test
  void aTypeMayComeBeforeTheName() {
    assertThat(parse("mx example.com").params())
        .containsEntry("domain", "example.com")
        .containsEntry("type", "MX");
  }

  @Test
  void flagsHaveTheNamesOfDigAndOfEverybody() {
    Map<String, Object> wanted =
        parse("a.test --dnssec --tcp --timeout 1500ms --retries=0").params();

    assertThat(parse("a.test +dnssec +tcp +timeout=1500ms +retries=0").params()).isEqualTo(wanted);
    assertThat(wanted)
        .containsEntry("dnssec_ok", true)
        .containsEntry("protocol", "tcp")
        .containsEntry("timeout_ms", 1_500L)
        .containsEntry("retries", 0L);
  }

  @Test
  void anAddressIsAskedForItsName() {
    assertThat(parse("-x 2001:db8::1").params())
        .isEqualTo(Map.of("domain", "2001:db8::1", "type", "PTR"));
  }

  @Test
  void ednsOptionsGoTogether() {
    assertThat(parse("a.test +nsid +subnet=192.0.2.0/24 +bufsize=4096").params().get("edns"))
        .isEqualTo(Map.of("nsid", true, "client_subnet", "192.0.2.0/24", "udp_size", 4_096L));
  }

  @Test
  void aTraceMayBeginAtServersOfOnesOwn() {
    assertThat(parse("a.test +trace").params())
        .isEqualTo(Map.of("domain", "a.test", "trace", true));
    assertThat(parse("a.test --trace-from 192.0.2.1:5300 --trace-from 192.0.2.2:5300").params())
        .isEqualTo(
            Map.of(
                "domain",
                "a.test",
                "trace",
                true,
                "trace_from",
                List.of("192.0.2.1:5300", "192.0.2.2:5300")));
  }

  @Test
  void targetsMayBeFollowed() {
    assertThat(parse("a.test MX --follow").params())
        .isEqualTo(Map.of("domain", "a.test", "type", "MX", "follow", true));
  }

  @Test
  void anyOtherParameterGoesThrough() {
    assertThat(parse("a.test --param cache=false --param view=inside").params())
        .containsEntry("cache", false)
        .containsEntry("view", "inside");
  }

  @Test
  void settingsOfTheServiceGoThrough() {
    assertThat(parse("a.test --resolver.tls-trust-file=ca.pem").where().settings())
        .isEqualTo(Map.of("resolver.tls-trust-file", "ca.pem"));
  }

  @Test
  void whatIsNotUnderstoodIsNamed() {
    assertThatThrownBy(() -> parse("a.test --fast"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--fast");
    assertThatThrownBy(() -> parse("a.test --timeout soon")).hasMessageContaining("soon");
    assertThatThrownBy(() -> parse("a.test --resolver")).hasMessageContaining("--resolver");
    assertThatThrownBy(() -> parse("+short")).hasMessageContaining("The name is missing");
    assertThatThrownBy(() -> parse("a.test --token secret")).hasMessageContaining("--server");
    assertThatThrownBy(() -> parse("a.test --server ftp://x")).hasMessageContaining("ftp://x");
  }

  @Test
  void givenDigsWay_whenItIsRead_thenItMeansTheSame() {
    assertThat(
            parse("@127.0.0.1 -p 5353 -t MX -c CH version.bind +tries=3 +norecurse +cd").params())
        .isEqualTo(
            Map.of(
                "domain", "version.bind",
                "type", "MX",
                "class", "CH",
                "resolver", "127.0.0.1:5353",
                "retries", 2L,
                "recursion_desired", false,
                "checking_disabled", true));
    assertThat(parse("a.test -tMX -p53 @::1").params())
        .containsEntry("type", "MX")
        .containsEntry("resolver", "[::1]:53");
    assertThat(parse("-x192.0.2.1").params()).containsEntry("domain", "192.0.2.1");
  }

  @Test
  void givenAPortAndResolversThatNameOne_whenTheyAreRead_thenTheyKeepTheirs() {
    assertThat(parse("a.test -p 53 @127.0.0.1:54 @tls://a.test @[::1]:55 @b.test").params())
        .containsEntry(
            "resolvers", List.of("127.0.0.1:54", "tls://a.test", "[::1]:55", "b.test:53"));
    assertThatThrownBy(() -> parse("a.test -p 53")).hasMessageContaining("-p needs a resolver");
    assertThatThrownBy(() -> parse("a.test -p 65536 @b.test")).hasMessageContaining("65535");
  }

  @Test
  void givenSectionsOfDig_whenTheyAreRead_thenTheLastWordCounts() {
    assertThat(parse("a.test +noall +answer").sections()).containsExactly(Section.ANSWER);
    assertThat(parse("a.test +nostats").sections())
        .doesNotContain(Section.STATS)
        .contains(Section.ANSWER);
    assertThat(parse("a.test +noall +all").sections()).hasSize(Section.values().length);
  }

  @ParameterizedTest
  @CsvSource({
    "+shrot, did you mean +short?",
    "--dnsec, did you mean --dnssec?",
    "+nosuchthing, Unknown option +nosuchthing",
    "-z, Unknown option -z"
  })
  void givenAnUnknownOption_whenItIsRead_thenItIsRefusedWithTheCloseOne(
      String option, String error) {
    assertThatThrownBy(() -> parse("a.test " + option))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(error)
        .hasMessageContaining("signalbox dns --help");
  }
}

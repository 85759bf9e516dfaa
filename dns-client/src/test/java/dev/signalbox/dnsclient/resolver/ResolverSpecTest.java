package dev.signalbox.dnsclient.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.dnsclient.transport.Protocol;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResolverSpecTest {

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8,UDP,8.8.8.8,53,''",
    "8.8.8.8:5353,UDP,8.8.8.8,5353,''",
    "udp://8.8.8.8,UDP,8.8.8.8,53,''",
    "tcp://8.8.8.8,TCP,8.8.8.8,53,''",
    "TLS://1.1.1.1,TLS,1.1.1.1,853,''",
    "tls://dns.Example:8853,TLS,dns.example,8853,''",
    "2001:db8::1,UDP,2001:db8::1,53,''",
    "[2001:db8::1]:53,UDP,2001:db8::1,53,''",
    "tls://[2001:db8::1],TLS,2001:db8::1,853,''",
    "https://dns.example,HTTPS,dns.example,443,/dns-query",
    "https://dns.example/,HTTPS,dns.example,443,/",
    "https://dns.example:8443/q/x?a=b,HTTPS,dns.example,8443,/q/x?a=b",
    "dns.example.,UDP,dns.example,53,''",
  })
  void readsResolvers(String text, Protocol protocol, String host, int port, String path) {
    assertThat(ResolverSpec.parse(text, null))
        .isEqualTo(new ResolverSpec(protocol, host, port, path));
  }

  @Test
  void takesTheProtocolThatIsWanted() {
    assertThat(ResolverSpec.parse("1.1.1.1", Protocol.TLS))
        .isEqualTo(new ResolverSpec(Protocol.TLS, "1.1.1.1", 853, ""));
    assertThat(ResolverSpec.parse("1.1.1.1", Protocol.HTTPS))
        .isEqualTo(new ResolverSpec(Protocol.HTTPS, "1.1.1.1", 443, "/dns-query"));
    assertThatThrownBy(() -> ResolverSpec.parse("tls://1.1.1.1", Protocol.UDP))
        .hasMessage("must not be a tls:// resolver when protocol is udp");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ":53",
        "8.8.8.8:0",
        "8.8.8.8:65536",
        "8.8.8.8:99999",
        "8.8.8.8:x",
        "ftp://8.8.8.8",
        "http://8.8.8.8",
        "tls://8.8.8.8/path",
        "8.8.8.8/dns-query",
        "a@b",
        "https://user@host/",
        "127.1",
        "0x7f.1",
        "2130706433",
        "[8.8.8.8",
        "[::1",
        "::1]",
        "[::1]x",
        "[1:2]",
        "a b",
        "a\nb",
        "a\0b",
        "https://h/\u0001",
        "https://h/a b",
        "https://h/#f",
        "tls://",
        "a..b"
      })
  void refusesWhatIsNoResolver(String text) {
    assertThatThrownBy(() -> ResolverSpec.parse(text, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(must|can) .*");
  }

  @Test
  void refusesTextsTooLongAtOnce() {
    assertThatThrownBy(() -> ResolverSpec.parse("a".repeat(1_000_000), null))
        .hasMessage("must be at most 512 characters long");
  }

  @Property
  void endsEveryTextInAResolverOrARule(@ForAll @StringLength(max = 100) String text) {
    try {
      ResolverSpec spec = ResolverSpec.parse(text, null);
      assertThat(spec.port()).isBetween(1, 65535);
    } catch (IllegalArgumentException rule) {
      assertThat(rule.getMessage()).isNotBlank();
    }
  }
}

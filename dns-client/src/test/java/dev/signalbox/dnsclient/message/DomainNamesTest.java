package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

class DomainNamesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "example.com|example.com.",
        "example.com.|example.com.",
        ".|.",
        "com|com.",
        "_dmarc.example.com|_dmarc.example.com.",
        "*.example.com|*.example.com.",
        "bücher.example|xn--bcher-kva.example.",
        "例え.テスト|xn--r8jz45g.xn--zckzah.",
        "BÜCHER.example|xn--bcher-kva.example.",
        "straße.de|xn--strae-oqa.de.",
        "STRAẞE.de|xn--strae-oqa.de.",
        "βόλος.com|xn--nxasmm1c.com.",
        "ශ්\u200dරී.com|xn--10cl1a0b660p.com.",
        "نامه\u200cای.com|xn--mgba3gch31f060k.com.",
        "例え。テスト|xn--r8jz45g.xn--zckzah.",
        "ｅｘａｍｐｌｅ．com|example.com.",
        "_dmarc.\u05d3\u05d5\u05d2\u05de\u05d4.com|_dmarc.xn--6dbbec0c.com.",
        "_443._tcp.\u05d3\u05d5\u05d2\u05de\u05d4.com|_443._tcp.xn--6dbbec0c.com.",
        "*.\u05d3\u05d5\u05d2\u05de\u05d4.com|*.xn--6dbbec0c.com.",
        "1.\u05d3\u05d5\u05d2\u05de\u05d4.com|1.xn--6dbbec0c.com.",
        "_dmarc.bücher.example|_dmarc.xn--bcher-kva.example.",
        "r3---sn.bücher.example|r3---sn.xn--bcher-kva.example.",
        "a\\.b.example|a\\.b.example.",
        "http://x|http://x.",
      })
  void readsNames(String text, String name) {
    assertThat(DomainNames.parse(text).toString()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "'',must not be empty",
    "'a b',must not contain spaces or control characters",
    "'a\0b',must not contain spaces or control characters",
    "'a\nb',must not contain spaces or control characters",
    "a..b,must not contain an empty label",
    ".a,must not contain an empty label",
    "a\\300b,'must be a domain name: labels of 1 to 63 octets, 253 in all'",
  })
  void refusesWhatIsNoName(String text, String rule) {
    assertThatThrownBy(() -> DomainNames.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b\u00fccher\\.example",
        "a\u200db.test", // a joiner where it joins nothing
        "\u200cb.test",
        "a\u2028b.test",
        "a\ufffeb.test",
        "\u0301a.test", // begins with an accent
        "a\u2100b.test", // would become a/c
        "\u2488com", // would become "1."
        "\u05d0a.test", // right to left and left to right in a label
        "xn--\u00fc.test",
        "\ud800.test"
      })
  void refusesWhatOnlyLooksLikeAName(String text) {
    assertThatThrownBy(() -> DomainNames.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must ");
  }

  @Test
  void refusesLabelsAndNamesThatAreTooLong() {
    String label = "a".repeat(63);

    assertThat(DomainNames.parse(label + ".test").labels()).isEqualTo(3);
    assertThat(DomainNames.parse((label + ".").repeat(3) + "b".repeat(61)).length())
        .isEqualTo((short) 255);
    assertThatThrownBy(() -> DomainNames.parse(label + "a.test"))
        .hasMessageContaining("1 to 63 octets");
    assertThatThrownBy(() -> DomainNames.parse((label + ".").repeat(4)))
        .hasMessageContaining("253 in all");
    assertThatThrownBy(() -> DomainNames.parse("a".repeat(10_000)))
        .hasMessage("must be at most 253 characters long");
  }

  @Test
  void turnsABareAddressIntoItsReverseNameForPtrAlone() {
    assertThat(DomainNames.question("192.0.2.1", Type.PTR).nameText())
        .isEqualTo("1.2.0.192.in-addr.arpa.");
    assertThat(DomainNames.question("2001:db8::1", Type.PTR).nameText())
        .isEqualTo("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
    assertThat(DomainNames.question("1.2.0.192.in-addr.arpa", Type.PTR).nameText())
        .isEqualTo("1.2.0.192.in-addr.arpa.");
    assertThat(DomainNames.question("192.0.2.1", Type.A).nameText()).isEqualTo("192.0.2.1.");
  }

  @Property
  void endsEveryTextInANameOrARule(@ForAll @StringLength(max = 300) String text) {
    try {
      Name name = DomainNames.parse(text);
      assertThat(name.isAbsolute()).isTrue();
      assertThat(name.length()).isLessThanOrEqualTo((short) 255);
      assertThat(DomainNames.parse(name.toString())).isEqualTo(name);
    } catch (IllegalArgumentException rule) {
      assertThat(rule.getMessage()).startsWith("must ");
    }
  }
}

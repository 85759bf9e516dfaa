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
import org.xbill.DNS.Type;

class LiteralsAndTypesTest {

  @ParameterizedTest
  @CsvSource({"A,1", "a,1", "AAAA,28", "HTTPS,65", "TYPE65,65", "type65280,65280", "ANY,255"})
  void readsTypes(String text, int type) {
    assertThat(RecordTypes.parse(text)).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "B",
        "TYPE0",
        "TYPE65536",
        "TYPE",
        "TYPE-1",
        "TYPE+65",
        "TYPE\u0666\u0665",
        "TYPE99999999999",
        "A A",
        "1"
      })
  void refusesWhatIsNoType(String text) {
    assertThatThrownBy(() -> RecordTypes.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must be a record type such as A, MX or TYPE65");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AXFR", "IXFR", "OPT", "TSIG", "TYPE252"})
  void refusesTypesThatAreNoQuestions(String text) {
    assertThatThrownBy(() -> RecordTypes.parse(text)).hasMessageEndingWith("cannot be asked for");
  }

  @Property
  void endsEveryTextInATypeOrARule(@ForAll @StringLength(max = 40) String text) {
    try {
      assertThat(RecordTypes.parse(text)).isBetween(1, 65535);
    } catch (IllegalArgumentException rule) {
      assertThat(rule.getMessage()).isNotBlank();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.99/24,192.0.2.0,24",
    "192.0.2.99/32,192.0.2.99,32",
    "192.0.2.99/0,0.0.0.0,0",
    "192.0.2.99,192.0.2.0,24",
    "192.0.2.255/27,192.0.2.224,27",
    "2001:db8:1:2:3::/56,2001:db8:1:0:0:0:0:0,56",
  })
  void readsSubnetsAndClearsWhatIsBeyondThem(String text, String address, int prefix) {
    ClientSubnet subnet = ClientSubnet.parse(text);

    assertThat(subnet.address().getHostAddress()).isEqualTo(address);
    assertThat(subnet.prefix()).isEqualTo(prefix);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "a/8", "::/129"})
  void refusesWhatIsNoSubnet(String text) {
    assertThatThrownBy(() -> ClientSubnet.parse(text)).hasMessageStartingWith("must ");
  }

  @Test
  void quotesHostileTextHarmlessly() {
    assertThat(Quoted.of("a\u001b[31m\"b\n")).isEqualTo("\"a?[31m?b?\"");
    assertThat(Quoted.of("x".repeat(1000))).hasSize(43);
  }

  @Test
  void knowsEveryTypeByItsOwnName() {
    for (int type : new int[] {Type.SVCB, Type.TLSA, Type.SSHFP, Type.NAPTR, Type.DNSKEY}) {
      assertThat(RecordTypes.parse(Type.string(type))).isEqualTo(type);
    }
  }
}

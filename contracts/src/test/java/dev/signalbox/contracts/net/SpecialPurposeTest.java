package dev.signalbox.contracts.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialPurposeTest {

  @Test
  void givenTheTable_whenAskedForWhatACensusLeavesOut_thenItIsTheRegistryWithoutExceptions() {
    assertThat(SpecialPurpose.notGloballyReachableV4())
        .extracting(Cidr::toString)
        .containsExactly(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "100.100.100.200", // metadata, inside a network of one's own
        "169.254.169.254",
        "172.31.255.255",
        "192.168.0.0",
        "::1",
        "fe80::1",
        "fd00::1"
      })
  void givenAnAddressOfAPrivateNetwork_whenJudged_thenItIsPrivate(String address) {
    assertThat(isPrivate(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "168.63.129.16",
        "192.0.2.1",
        "198.18.0.7",
        "224.0.0.1",
        "0.0.0.0",
        "::",
        "2001:db8::1",
        "fec0::1"
      })
  void givenAnyOtherAddress_whenJudged_thenItIsNotPrivate(String address) {
    assertThat(isPrivate(address)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.0.8, RESERVED",
    "192.0.0.9, REACHABLE",
    "169.254.0.1, LINK_LOCAL",
    "169.254.169.254, METADATA",
    "fe80::1, LINK_LOCAL",
    "2001:20::1, REACHABLE",
    "::2, RESERVED"
  })
  void givenAnAddressInSeveralBlocks_whenLookedUp_thenTheNarrowestDecides(
      String address, SpecialPurpose.Kind kind) {
    byte[] bytes = IpLiteral.parse(address).orElseThrow().getAddress();

    assertThat(SpecialPurpose.of(bytes)).map(SpecialPurpose.Range::kind).hasValue(kind);
  }

  private static boolean isPrivate(String address) {
    return SpecialPurpose.isPrivate(IpLiteral.parse(address).orElseThrow().getAddress());
  }
}

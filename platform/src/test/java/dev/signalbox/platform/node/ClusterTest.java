package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterTest {

  @ParameterizedTest
  @ValueSource(strings = {"signalbox", "signalbox.internal", "members.example.org.", "box-1"})
  void oneNameStandsForAllMembers(String member) {
    assertThat(Cluster.isNameOfAll(List.of(member))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.7", "10.0.0.7:5702", "10.0.0.*", "fe80::1", "box:5702", "localhost", ""})
  void anAddressIsOneMember(String member) {
    assertThat(Cluster.isNameOfAll(List.of(member))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"box-2", "10.0.0.7"})
  void severalNamesAreOneMemberEach(String second) {
    assertThat(Cluster.isNameOfAll(List.of("box-1", second))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "box-2,box-2:5701",
    "10.0.0.7,10.0.0.7:5701",
    "10.0.0.7:5702,10.0.0.7:5702",
    "box:5702,box:5702",
    "fe80::1,[fe80::1]:5701",
    "[fe80::1],[fe80::1]:5701",
    "[fe80::1]:5702,[fe80::1]:5702"
  })
  void anotherHostIsTriedAtOnePort(String member, String address) {
    assertThat(Cluster.addresses(List.of(member), "10.0.0.1", 5701)).containsExactly(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1", "localhost"})
  void theOwnHostIsTriedAtAllPorts(String member) {
    List<String> members = member.isEmpty() ? List.of() : List.of(member);

    assertThat(Cluster.addresses(members, "127.0.0.1", 5701))
        .hasSize(20)
        .first()
        .asString()
        .endsWith(":5701");
  }
}

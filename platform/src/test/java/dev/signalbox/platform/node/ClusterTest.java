package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
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
}

package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UuidsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "3f1c6a0e-3f0b-4f5e-9d2e-000000000000", "with space", "ünïcode 🚂", "'"})
  void anyTextIsAUuid(String uuid) {
    assertThat(Uuids.valid(uuid)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a\nb", "a\u0000b", "\t", "a\u007fb", "a\u0085b", "\ud83d", "\ude82x"})
  void emptinessControlCharactersAndHalvesOfCharactersAreNot(String uuid) {
    assertThat(Uuids.valid(uuid)).isFalse();
  }

  @Test
  void nothingIsNot() {
    assertThat(Uuids.valid(null)).isFalse();
  }

  @Test
  void theLongestHas256Characters() {
    assertThat(Uuids.valid("x".repeat(256))).isTrue();
    assertThat(Uuids.valid("x".repeat(257))).isFalse();
    assertThat(Uuids.valid("x".repeat(1 << 20))).isFalse();
  }
}

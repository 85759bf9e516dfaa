package dev.signalbox.worker.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AbiTest {

  @ParameterizedTest
  @CsvSource({"11", "105", "12", "4"})
  void givenQueuesThatAreFull_whenRead_thenTheAddressMaySoonBeSentTo(int errno) {
    assertThat(Abi.LINUX.outcome(errno, () -> false)).isEqualTo(SendOutcome.BUSY);
  }

  /** EPERM, EINVAL, EMSGSIZE, EHOSTDOWN, ENONET, and numbers that nobody has. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 22, 64, 90, 99, 100, 101, 111, 112, 113, 133, 4_095})
  void givenAnyOtherError_whenRead_thenTheAddressWasNotSentTo(int errno) {
    assertThat(Abi.LINUX.outcome(errno, () -> true)).isEqualTo(SendOutcome.UNREACHABLE);
    assertThat(Abi.MACOS.outcome(errno, () -> true)).isNotEqualTo(SendOutcome.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({"true, REFUSED", "false, UNREACHABLE"})
  void givenAPermissionThatIsMissing_whenRead_thenOnlyABroadcastAddressIsRefused(
      boolean broadcast, SendOutcome outcome) {
    assertThat(Abi.LINUX.outcome(13, () -> broadcast)).isEqualTo(outcome);
    assertThat(Abi.MACOS.outcome(13, () -> broadcast)).isEqualTo(outcome);
  }
}

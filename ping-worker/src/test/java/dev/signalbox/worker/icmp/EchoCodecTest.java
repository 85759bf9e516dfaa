package dev.signalbox.worker.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoCodecTest {

  private static final int ADDRESS = 0x7f010203;
  private static final long SENT = 1_000_000;
  private static final long NOW = 6_000_000;

  private final EchoCodec codec = new EchoCodec(0x1234, 1, 2);
  private final MemorySegment packet = Arena.ofAuto().allocate(EchoCodec.BYTES + 8, 8);

  @BeforeEach
  void reply() {
    codec.encode(packet, 0, ADDRESS, Purpose.CENSUS, SENT);
    packet.set(ValueLayout.JAVA_BYTE, 0, (byte) 0); // what the other side changes
  }

  private long roundTrip(int source, Purpose purpose) {
    return codec.roundTrip(packet, 0, EchoCodec.BYTES, source, purpose, false, NOW);
  }

  private void flip(long at) {
    packet.set(ValueLayout.JAVA_BYTE, at, (byte) ~packet.get(ValueLayout.JAVA_BYTE, at));
  }

  @Test
  void givenTheReplyOfTheAddress_whenDecoded_thenItHasItsRoundTripTime() {
    assertThat(roundTrip(ADDRESS, Purpose.CENSUS)).isEqualTo(NOW - SENT);
  }

  @Test
  void givenARequest_whenItsWordsAreSummed_thenTheChecksumIsRight() {
    codec.encode(packet, 0, ADDRESS, Purpose.CENSUS, SENT);

    int sum = 0;
    for (int i = 0; i < EchoCodec.BYTES; i += 2) {
      sum +=
          Byte.toUnsignedInt(packet.get(ValueLayout.JAVA_BYTE, i)) << 8
              | Byte.toUnsignedInt(packet.get(ValueLayout.JAVA_BYTE, i + 1));
    }
    assertThat((sum & 0xffff) + (sum >>> 16)).isEqualTo(0xffff);
  }

  @Test
  void givenAReplyFromAnotherAddressOfTheSamePosition_whenDecoded_thenItDoesNotCount() {
    assertThat(roundTrip(ADDRESS ^ 0x00010000, Purpose.CENSUS)).isEqualTo(EchoCodec.NOT_OURS);
  }

  @Test
  void givenAReplyFromAnotherPosition_whenDecoded_thenItDoesNotCount() {
    assertThat(roundTrip(ADDRESS + 1, Purpose.CENSUS)).isEqualTo(EchoCodec.NOT_OURS);
  }

  @Test
  void givenAReplyToAnotherPurpose_whenDecoded_thenItDoesNotCount() {
    assertThat(roundTrip(ADDRESS, Purpose.CONTROL)).isEqualTo(EchoCodec.NOT_OURS);
  }

  @Test
  void givenARequestThatComesBack_whenDecoded_thenItDoesNotCount() {
    packet.set(ValueLayout.JAVA_BYTE, 0, (byte) 8);

    assertThat(roundTrip(ADDRESS, Purpose.CENSUS)).isEqualTo(EchoCodec.NOT_OURS);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4, 5, 6, 7, 8, 15, 16, 23})
  void givenAByteThatWasChanged_whenDecoded_thenItDoesNotCount(long at) {
    flip(at);

    assertThat(roundTrip(ADDRESS, Purpose.CENSUS)).isEqualTo(EchoCodec.NOT_OURS);
  }

  @ParameterizedTest
  @ValueSource(longs = {-20, 0, 8, 23, 25, 1_500})
  void givenAnotherLength_whenDecoded_thenItDoesNotCount(long length) {
    assertThat(codec.roundTrip(packet, 0, length, ADDRESS, Purpose.CENSUS, true, NOW))
        .isEqualTo(EchoCodec.NOT_OURS);
  }

  @Test
  void givenAnotherKey_whenDecoded_thenItDoesNotCount() {
    EchoCodec other = new EchoCodec(0x1234, 1, 3);

    assertThat(other.roundTrip(packet, 0, EchoCodec.BYTES, ADDRESS, Purpose.CENSUS, false, NOW))
        .isEqualTo(EchoCodec.NOT_OURS);
  }

  @Test
  void givenAnIdentifierOfTheSystem_whenDecodedWithAnyId_thenItCounts() {
    flip(4);

    assertThat(codec.roundTrip(packet, 0, EchoCodec.BYTES, ADDRESS, Purpose.CENSUS, true, NOW))
        .isEqualTo(NOW - SENT);
  }
}

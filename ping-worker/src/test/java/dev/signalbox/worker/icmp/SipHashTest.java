package dev.signalbox.worker.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashTest {

  @Test
  void givenTheReferenceKeyAndMessage_whenHashed_thenItIsTheReferenceHash() {
    // The vectors of the reference implementation: key 00 … 0f, message 00 … 0f.
    SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    assertThat(hash.hash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L)).isEqualTo(0x3f2acc7f57c29bdbL);
  }
}

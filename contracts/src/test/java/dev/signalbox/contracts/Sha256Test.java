package dev.signalbox.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Sha256Test {

  @ParameterizedTest
  @CsvSource({
    "'', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  })
  void givenATextOfTheStandard_whenHashed_thenItsHashIsTheStandards(String text, String hash) {
    assertThat(HexFormat.of().formatHex(Sha256.of(text))).isEqualTo(hash);
  }

  @Test
  void givenBytesInParts_whenHashed_thenTheHashIsThatOfTheWhole() {
    assertThat(Sha256.of("a".getBytes(UTF_8), new byte[0], "bc".getBytes(UTF_8)))
        .isEqualTo(Sha256.of("abc"))
        .hasSize(Sha256.BYTES);
  }

  @Test
  void givenTheSecondExampleOfRfc4231_whenItsCodeIsMade_thenItIsTheStandards() {
    assertThat(
            HexFormat.of()
                .formatHex(
                    Sha256.hmac(
                        "Jefe".getBytes(UTF_8),
                        "what do ya want ".getBytes(UTF_8),
                        "for nothing?".getBytes(UTF_8))))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
}

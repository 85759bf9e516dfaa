package dev.signalbox.gateway.handler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecoderTest {

  private static final int LIMIT = 1 << 20;

  @ParameterizedTest
  @ValueSource(ints = {200, 50_000})
  void givenEmptyGzipMembersWithoutEnd_whenDecoded_thenItIsMalformed(int members) {
    Buffer body = Buffer.buffer();
    for (int i = 0; i < members; i++) {
      body.appendBytes(gzip(""));
    }

    assertRefused(ContentDecoder.GZIP, body, 400);
  }

  @Test
  void givenManyMembersAndSomeOfThemEmpty_whenDecoded_thenTheyAreJoined() {
    Buffer body = Buffer.buffer();
    for (int i = 0; i < 20_000; i++) {
      body.appendBytes(gzip("ab")).appendBytes(gzip(""));
    }

    assertThat(ContentDecoder.GZIP.decode(body, LIMIT)).hasToString("ab".repeat(20_000));
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void givenABodyOfTheLargestLength_whenDecoded_thenItIsWholeAndOneByteMoreIsTooLarge(
      ContentDecoder coding) {
    assertThat(coding.decode(encoded(coding, "x".repeat(LIMIT)), LIMIT).length()).isEqualTo(LIMIT);
    assertRefused(coding, encoded(coding, "x".repeat(LIMIT + 1)), 413);
  }

  @Test
  void givenSkippableZstdFrames_whenDecoded_thenOnlyTheOthersCount() {
    Buffer body = Buffer.buffer();
    for (int i = 0; i < 50_000; i++) {
      body.appendBytes(new byte[] {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4});
    }
    body.appendBuffer(encoded(ContentDecoder.ZSTD, "ab"));

    assertThat(ContentDecoder.ZSTD.decode(body, LIMIT)).hasToString("ab");
  }

  private static void assertRefused(ContentDecoder coding, Buffer body, int status) {
    assertThatThrownBy(() -> coding.decode(body, LIMIT))
        .isInstanceOfSatisfying(
            HttpException.class, refused -> assertThat(refused.status()).isEqualTo(status));
  }

  private static Buffer encoded(ContentDecoder coding, String text) {
    return Buffer.buffer(
        coding == ContentDecoder.GZIP ? gzip(text) : Zstd.compress(text.getBytes(UTF_8)));
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}

package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip|true",
        "br, gzip|true",
        "GZIP;q=0.5|true",
        "*|true",
        "br|false",
        "identity|false",
        "gzip;q=0|false",
        "gzip; q=0.000|false",
        "*;q=0|false",
        "'' |false"
      })
  void acceptEncodingIsHonoured(String header, boolean accepted) {
    assertThat(Compression.accepted(header)).isEqualTo(accepted);
  }

  @Test
  void onlyLargeTextIsWorthIt() {
    assertThat(Compression.applies(json(1_025))).isTrue();
    assertThat(Compression.applies(json(1_024))).isFalse();
    assertThat(Compression.applies(Response.of(200, "image/png", Buffer.buffer(new byte[9_999]))))
        .isFalse();
  }

  private static Response json(int length) {
    return Responses.json(200, Buffer.buffer("x".repeat(length)));
  }

  @Test
  void whatIsCompressedIsReadBack() throws IOException {
    Buffer text = Buffer.buffer("signalbox ".repeat(1_000));

    Buffer zipped = Compression.gzip(text);

    assertThat(zipped.length()).isLessThan(text.length() / 10);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.getBytes()))) {
      assertThat(in.readAllBytes()).isEqualTo(text.getBytes());
    }
  }
}

package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class CompressionTest {

  @Test
  void onlyLargeTextIsWorthIt() {
    assertThat(Compression.applies(json(1_025))).isTrue();
    assertThat(Compression.applies(json(1_024))).isFalse();
    assertThat(Compression.applies(Response.of(200, "image/png", Buffer.buffer(new byte[9_999]))))
        .isFalse();
  }

  private static Response json(int length) {
    return Response.json(200, Buffer.buffer("x".repeat(length)));
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

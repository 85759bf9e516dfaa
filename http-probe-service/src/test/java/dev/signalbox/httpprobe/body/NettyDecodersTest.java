package dev.signalbox.httpprobe.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import dev.signalbox.testsupport.HttpAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What Netty's decoders lack. When one of these fails, a new release has gained it, and decision
 * 0085 is to be looked at again.
 */
class NettyDecodersTest {

  private static final byte[] TEXT = "hello hello hello".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] GZIP = HttpAnswer.gzip(TEXT);
  private static final int LIMIT = 100_000;

  @BeforeAll
  static void load() {
    NativeCodings.load();
  }

  /** Counts what is decoded, and closes the channel when it is enough. */
  private static final class Counter extends ChannelInboundHandlerAdapter {

    private long bytes;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      bytes += ((ByteBuf) message).readableBytes();
      ReferenceCountUtil.release(message);
      if (bytes > LIMIT) {
        context.close();
      }
    }
  }

  private static ChannelHandler gzip() {
    return ZlibCodecFactory.newZlibDecoder(ZlibWrapper.GZIP, 0);
  }

  private static long decoded(ChannelHandler decoder, byte[] bytes) {
    Counter counter = new Counter();
    EmbeddedChannel channel = new EmbeddedChannel(decoder, counter);
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      return counter.bytes;
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static byte[] with(byte[] bytes, byte... more) {
    byte[] all = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, all, bytes.length, more.length);
    return all;
  }

  @Test
  void givenZerosAfterGzip_whenItIsDecoded_thenItIsRefused() {
    assertThatThrownBy(() -> decoded(gzip(), with(GZIP, new byte[512])))
        .isInstanceOf(DecompressionException.class);
  }

  @Test
  void givenLessThanAHeaderAfterGzip_whenItIsDecoded_thenItPasses() {
    assertThat(decoded(gzip(), with(GZIP, (byte) 'j', (byte) 'u', (byte) 'n', (byte) 'k')))
        .isEqualTo(TEXT.length);
  }

  @Test
  void givenGzipThatEndsEarly_whenItIsDecoded_thenItPasses() {
    assertThat(decoded(gzip(), Arrays.copyOf(GZIP, GZIP.length - 3))).isEqualTo(TEXT.length);
  }

  @Test
  void givenABrotliBomb_whenTheReaderCloses_thenAllOfItIsDecoded() throws IOException {
    byte[] bomb = Encoder.compress(new byte[50 * LIMIT]);

    assertThat(decoded(new io.netty.handler.codec.compression.BrotliDecoder(), bomb))
        .isEqualTo(50L * LIMIT);
  }

  @Test
  void givenAZstdBomb_whenTheReaderCloses_thenMuchMoreIsDecoded() {
    byte[] bomb = Zstd.compress(new byte[50 * LIMIT]);

    assertThat(decoded(new io.netty.handler.codec.compression.ZstdDecoder(), bomb))
        .isGreaterThan(10L * LIMIT);
  }
}

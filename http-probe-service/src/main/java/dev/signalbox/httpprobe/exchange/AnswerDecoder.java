package dev.signalbox.httpprobe.exchange;

import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.PhaseClock;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Reads the one HTTP/1.1 answer of a connection, and notes when its first byte arrives. */
final class AnswerDecoder extends HttpResponseDecoder {

  private static final int LONGEST_LINE = 16_384;
  private static final int LARGEST_HEAD = 65_536;
  private static final int CHUNK = 16_384;

  private final PhaseClock clock;
  private final boolean toHead;
  private boolean begun;

  /**
   * For one answer.
   *
   * @param toHead whether the request was HEAD, whose answer has no body whatever it says
   */
  AnswerDecoder(PhaseClock clock, boolean toHead) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxHeaderSize(LARGEST_HEAD)
            .setMaxChunkSize(CHUNK));
    this.clock = clock;
    this.toHead = toHead;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (!begun) {
      begun = true;
      clock.begin(Phase.DOWNLOAD);
    }
    super.channelRead(context, message);
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    boolean last =
        message instanceof HttpResponse response
            && response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
    return (toHead && last) || super.isContentAlwaysEmpty(message);
  }

  // RFC 9112, 6.3: such an answer may be an attempt at smuggling and ought to be an error.
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
  }
}

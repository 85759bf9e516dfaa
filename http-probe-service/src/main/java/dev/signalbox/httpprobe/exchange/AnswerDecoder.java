package dev.signalbox.httpprobe.exchange;

import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.PhaseClock;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the one HTTP/1.1 answer of a connection, and notes when its first byte arrives. */
final class AnswerDecoder extends HttpResponseDecoder {

  private static final int LONGEST_LINE = 16_384;
  private static final int LARGEST_HEAD = 65_536;
  private static final int CHUNK = 16_384;

  private static final Pattern VERSION = Pattern.compile("HTTP/1\\.[0-9]");
  private static final Pattern STATUS = Pattern.compile("[1-9][0-9]{2}");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

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
            .setMaxChunkSize(CHUNK)
            // RFC 9112, 6.3: equal values may stand for one; those that differ are refused below.
            .setAllowDuplicateContentLengths(true));
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
  protected HttpMessage createMessage(String[] line) {
    if (!VERSION.matcher(line[0]).matches()) {
      throw new IllegalArgumentException("the status line does not begin with HTTP/1");
    }
    if (!STATUS.matcher(line[1]).matches()) {
      throw new IllegalArgumentException("the status is not a number of 100 to 999");
    }
    return super.createMessage(line);
  }

  // Netty steps over spaces before the colon, and takes a line without a colon for a name.
  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    if (length == 0 || line[start + length] != ':') {
      throw new IllegalArgumentException("a header line has no name with a colon right after it");
    }
    return super.splitHeaderName(line, start, length);
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    boolean last =
        message instanceof HttpResponse response
            && response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
    if ((toHead && last) || super.isContentAlwaysEmpty(message)) {
      // RFC 9112, 6.3: whatever the headers say of a body.
      return true;
    }
    checkFraming(message);
    return false;
  }

  /** RFC 9112, 6: there must be one way alone to tell where the body ends. */
  private static void checkFraming(HttpMessage message) {
    List<String> lengths = values(message, HttpHeaderNames.CONTENT_LENGTH);
    List<String> codings = values(message, HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty()) {
      // 6.1: only what a TE header offered may be applied beside it, and a probe sends none.
      if (codings.size() != 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
        throw new IllegalArgumentException("Transfer-Encoding is not chunked alone");
      }
      if (message.protocolVersion().minorVersion() == 0) {
        throw new IllegalArgumentException("Transfer-Encoding in HTTP/1.0");
      }
      if (!lengths.isEmpty()) {
        throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
      }
    }
    for (String length : lengths) {
      if (!LENGTH.matcher(length).matches()) {
        throw new IllegalArgumentException("Content-Length is not a number of bytes");
      }
      if (!length.equals(lengths.getFirst())) {
        throw new IllegalArgumentException("several Content-Lengths that differ");
      }
    }
  }

  /** The members of all header fields of a name (RFC 9110, 5.6.1). */
  private static List<String> values(HttpMessage message, CharSequence name) {
    return message.headers().getAll(name).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::trim)
        .toList();
  }
}

package dev.signalbox.httpprobe.exchange;

import dev.signalbox.httpprobe.body.BodyReader;
import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.PhaseClock;
import dev.signalbox.httpprobe.phase.ProbeException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslClosedEngineException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Receives one answer, whichever version of HTTP carries it. */
public final class Exchange extends SimpleChannelInboundHandler<HttpObject> {

  private static final int MOST_INTERIM = 50;
  private static final int LOWEST_STATUS = 100;
  private static final int HIGHEST_STATUS = 999;

  private final String version;
  private final PhaseClock clock;
  private final Predicate<HopAnswer> readsBody;
  private final Function<String, BodyReader> readers;
  private final Promise<HopAnswer> promise = Promise.promise();
  private @Nullable HopAnswer head;
  private @Nullable BodyReader reader;
  private int interim;
  private boolean last;
  private boolean ended;
  private boolean sent;

  /**
   * For one request.
   *
   * @param version to report when the answer's own line does not tell, as in HTTP/2
   * @param readsBody decides on the head whether the body is of interest
   * @param readers makes a reader for a Content-Encoding
   */
  public Exchange(
      String version,
      PhaseClock clock,
      Predicate<HopAnswer> readsBody,
      Function<String, BodyReader> readers) {
    this.version = version;
    this.clock = clock;
    this.readsBody = readsBody;
    this.readers = readers;
  }

  public Future<HopAnswer> answer() {
    return promise.future();
  }

  /** The head of the answer, which has no body yet; null before it came. */
  public @Nullable HopAnswer head() {
    return head;
  }

  /** Ends an exchange that somebody gave up. */
  public void abandon(Throwable why) {
    release();
    promise.tryFail(why);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (ended || message.decoderResult().isFailure()) {
      // More than one answer, or nothing that can be read: what comes next is anybody's guess.
      last = true;
    }
    ended = ended || (head != null && message instanceof LastHttpContent);
    if (promise.future().isComplete()) {
      return;
    }
    DecoderResult decoded = message.decoderResult();
    if (decoded.isFailure()) {
      fail("the answer is not valid HTTP: " + decoded.cause().getMessage());
      return;
    }
    try {
      if (message instanceof HttpResponse response) {
        begin(response);
      }
      if (message instanceof HttpContent content) {
        read(content.content(), message instanceof LastHttpContent);
      }
    } catch (ProbeException broken) {
      abandon(broken);
    }
  }

  private void begin(HttpResponse response) {
    int code = response.status().code();
    if (code < LOWEST_STATUS || code > HIGHEST_STATUS) {
      // Over HTTP/2 nobody else looks: Netty takes any number.
      throw ProbeException.protocol(Phase.FIRST_BYTE, "the status is not a number of 100 to 999");
    }
    if (response.status().code() == 101) {
      throw ProbeException.protocol(
          Phase.FIRST_BYTE, "the target switches protocols without being asked");
    }
    if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      if (++interim > MOST_INTERIM) {
        throw ProbeException.protocol(
            Phase.FIRST_BYTE, "more than " + MOST_INTERIM + " interim answers");
      }
      return;
    }
    if (clock.current() != Phase.DOWNLOAD) {
      clock.begin(Phase.DOWNLOAD);
    }
    List<Header> headers =
        response.headers().entries().stream()
            .filter(entry -> !entry.getKey().startsWith("x-http2-"))
            .map(entry -> new Header(entry.getKey(), entry.getValue()))
            .toList();
    String spoken = version.isEmpty() ? response.protocolVersion().text() : version;
    HopAnswer answer = new HopAnswer(response.status().code(), spoken, headers, null);
    head = answer;
    ended = response instanceof LastHttpContent;
    last = last || !HttpUtil.isKeepAlive(response);
    if (readsBody.test(answer)) {
      reader = readers.apply(answer.joined("content-encoding"));
    } else {
      clock.end();
      promise.tryComplete(answer);
    }
  }

  private void read(ByteBuf bytes, boolean last) {
    if (head == null && bytes.isReadable()) {
      throw ProbeException.protocol(Phase.FIRST_BYTE, "the target sent a body before a head");
    }
    if (head == null || reader == null) {
      return;
    }
    boolean more = reader.read(bytes);
    if (last || !more) {
      clock.end();
      HopAnswer answer =
          new HopAnswer(head.status(), head.version(), head.headers(), reader.finish());
      promise.tryComplete(answer);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    // A stream of HTTP/2 ends when its connection takes no more, which may yet say why.
    Channel connection = context.channel().parent();
    if (connection == null || !HttpWire.takesNoMore(connection)) {
      closed();
    }
  }

  /** The connection is gone. */
  void closed() {
    fail(
        head == null
            ? "the target closed the connection without an answer"
            : "the target closed the connection in the middle of the body");
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof io.netty.handler.codec.http2.Http2ResetFrame reset) {
      fail("the target reset the stream, error " + reset.errorCode());
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken(cause);
  }

  /** The connection, or what came over it, is of no use any more. */
  void broken(Throwable cause) {
    SSLException tls = tlsFailure(cause);
    if (tls != null && head == null) {
      // In TLS 1.3 a server judges the client's certificate after the client has ended the
      // handshake (RFC 8446, 4.4.2.4).
      fail(ProbeException.tls("the target ended TLS before an answer: " + tls.getMessage()));
    } else if (isEnd(cause)) {
      closed();
    } else if (tls == null && cause instanceof DecoderException) {
      fail("the answer is not valid HTTP: " + cause.getMessage());
    } else {
      fail(
          (head == null ? "the connection broke before an answer: " : "the body broke off: ")
              + (tls == null ? cause : tls).getMessage());
    }
  }

  /** What TLS failed of, which Netty wraps when it comes up in reading; null for anything else. */
  private static @Nullable SSLException tlsFailure(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SSLException failure && !isEnd(t)) {
        return failure;
      }
    }
    return null;
  }

  /** Whether it only says that nothing can be sent over a connection that was closed. */
  private static boolean isEnd(Throwable cause) {
    return cause instanceof ClosedChannelException || cause instanceof SslClosedEngineException;
  }

  private void fail(String message) {
    fail(ProbeException.protocol(head == null ? Phase.FIRST_BYTE : Phase.DOWNLOAD, message));
  }

  private void fail(ProbeException failure) {
    if (!promise.future().isComplete()) {
      abandon(failure);
    }
  }

  /** No other exchange may follow on the connection. */
  void lastOfItsConnection() {
    last = true;
  }

  /** The whole request has left. */
  void requestSent() {
    sent = true;
  }

  /** Whether request and answer ended, nothing came after it, and neither side has had enough. */
  public boolean leavesConnection() {
    return sent && ended && !last;
  }

  /** Whether the target has not said a byte of an answer. */
  public boolean unanswered() {
    return head == null && interim == 0 && clock.current() != Phase.DOWNLOAD;
  }

  /** Leaves the memory of the body to the caller; how many bytes it is. */
  public long handOver() {
    return reader == null ? 0 : reader.handOver();
  }

  /** Gives back what memory of the body has not been handed over. */
  public void release() {
    if (reader != null) {
      reader.release();
      reader = null;
    }
  }
}

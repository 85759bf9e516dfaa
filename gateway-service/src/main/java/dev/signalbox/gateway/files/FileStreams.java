package dev.signalbox.gateway.files;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.SendFileReply;
import dev.signalbox.contracts.file.SendFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.service.MemberConnections;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends large files of another process, which come over TCP connections: the bus copies every byte
 * several times. What fails before the first byte, or stops in the middle, is pulled over the bus
 * instead. Belongs to one event loop.
 */
final class FileStreams {

  private static final Logger LOG = LoggerFactory.getLogger(FileStreams.class);

  /** What one piece over the bus holds: for no more than that a connection does not pay. */
  private static final long MIN_BYTES = 256 << 10;

  private static final int CONNECT_MS = 2_000;

  /** Half of file-service's patience, so that it rarely closes one that is about to be used. */
  private static final Duration KEPT = Duration.ofSeconds(10);

  /** More clients than that take large files at once and pay a connection each. */
  private static final int MAX_KEPT = 64;

  /** A connection silent for a whole period, while the client takes, is given up. */
  private static final long SILENCE_MS = 10_000;

  /**
   * The first byte over a connection that was kept comes within that time, else a new one is made:
   * when its other side is cut off without a word, nothing else shows it. The file is open by then.
   */
  private static final long FIRST_BYTE_MS = 1_000;

  /** So long after a failure files are pulled, so that not every download waits for the next. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Vertx vertx;
  private final Backend backend;
  private final FileConnections connections;
  private long pauseUntil = System.nanoTime();

  FileStreams(Vertx vertx, MemberConnections members, Backend backend) {
    this.vertx = vertx;
    this.backend = backend;
    this.connections =
        new FileConnections(
            vertx,
            members.client(
                new NetClientOptions().setTcpNoDelay(true).setConnectTimeout(CONNECT_MS)),
            KEPT,
            MAX_KEPT);
  }

  /** Whether a piece is worth a connection, and connections work. */
  boolean suits(Piece piece) {
    return piece.length() >= MIN_BYTES && System.nanoTime() - pauseUntil >= 0;
  }

  /**
   * Sends a piece after status and headers are set.
   *
   * @return completes when the head is written; fails before that, with {@link StaleFileException}
   *     when the file is not the version found
   */
  Future<Response> send(RoutingContext ctx, Found found, Piece piece) {
    RequestScope scope = RequestScope.of(ctx);
    scope.onEnd(scope.memory()::releaseStream);
    return scope
        .memory()
        .takeStream(piece.length())
        .compose(taken -> taken ? begin(ctx, found, piece) : Future.succeededFuture(Response.SENT));
  }

  private Future<Response> begin(RoutingContext ctx, Found found, Piece piece) {
    FileInfo file = found.file();
    SendFileRequest request =
        new SendFileRequest(
            file.path(), file.encoding(), file.etag(), piece.first(), piece.length());
    return stream(ctx, found, piece, request, false)
        .recover(failure -> {
          if (failure instanceof StaleFileException) {
            return Future.failedFuture(failure);
          }
          if (failure instanceof ServiceException) {
            LOG.debug("no connection for a file: {}", failure.toString());
          } else {
            pauseUntil = System.nanoTime() + PAUSE_NANOS;
            LOG.warn(
                "cannot open a connection for a large file; sending it over the bus: {}",
                failure.toString());
          }
          return PulledFile.send(backend, ctx, found, BodyPlan.of(piece));
        });
  }

  private Future<Response> stream(
      RoutingContext ctx, Found found, Piece piece, SendFileRequest request, boolean fresh) {
    return PulledFile.atItsHolder(backend, ctx, FileContract.SEND, found, request)
        .compose(reply ->
            switch (reply) {
              case SendFileReply.Changed() -> throw new StaleFileException();
              case SendFileReply.Ticket(String host, int port, String ticket) -> {
                SocketAddress peer = SocketAddress.inetSocketAddress(port, host);
                yield (fresh ? connections.connect(peer) : connections.lend(peer))
                    .compose(lent ->
                        new Stream(ctx, found, piece, lent)
                            .begin(ticket)
                            .recover(failure ->
                                lent.used()
                                    // Its other side may have closed it a moment before.
                                    ? stream(ctx, found, piece, request, true)
                                    : Future.failedFuture(failure)));
              }
            });
  }

  /** One piece on its way from a connection to a response. */
  private final class Stream {

    private final RoutingContext ctx;
    private final HttpServerResponse response;
    private final Found found;
    private final Piece piece;
    private final FileConnections.Lent lent;
    private final NetSocketInternal socket;
    private final Promise<Response> begun = Promise.promise();
    private Future<Void> lastWrite = Future.succeededFuture();
    private long left;
    private long leftBefore;
    private long timer;
    private long firstByteTimer = -1;
    private boolean paused;
    private boolean closed;
    private boolean over;

    Stream(RoutingContext ctx, Found found, Piece piece, FileConnections.Lent lent) {
      this.ctx = ctx;
      this.response = ctx.response();
      this.found = found;
      this.piece = piece;
      this.lent = lent;
      this.socket = lent.socket();
      this.left = piece.length();
      this.leftBefore = left;
    }

    Future<Response> begin(String ticket) {
      timer = vertx.setPeriodic(SILENCE_MS, _ -> checkSilence());
      if (lent.used()) {
        firstByteTimer = vertx.setTimer(FIRST_BYTE_MS, _ -> checkFirstByte());
      }
      // The transport's own buffers, which are not copied on their way to the client.
      socket.messageHandler(data -> write((ByteBuf) data));
      socket.exceptionHandler(_ -> {}); // Its close follows.
      socket.closeHandler(_ -> {
        closed = true;
        if (!paused) {
          pullRest("the connection closed early");
        }
      });
      response.drainHandler(_ -> resume());
      response.exceptionHandler(_ -> leave());
      RequestScope.of(ctx).onEnd(this::leave);
      socket.write(ticket + "\n");
      return begun.future();
    }

    private void write(ByteBuf data) {
      int length = data.readableBytes();
      if (over || response.closed() || length > left) {
        data.release();
        if (!over && length > left) {
          pullRest("the connection carries more than was asked for");
        }
        return;
      }
      left -= length;
      lastWrite = response.write(BufferInternal.buffer(data));
      lastWrite.onComplete(_ -> data.release());
      begun.tryComplete(Response.SENT);
      if (left == 0) {
        end();
        RequestScope.of(ctx).awaitDelivery();
        // Ends after the last write, since an ended response counts as served.
        lastWrite.onSuccess(_ -> response.end());
      } else if (response.writeQueueFull()) {
        paused = true;
        socket.pause();
        // Vert.x alone would go on to read a mebibyte.
        channel().config().setAutoRead(false);
      }
    }

    private void resume() {
      if (!paused || over) {
        return;
      }
      paused = false;
      channel().config().setAutoRead(true);
      socket.resume(); // What came before is handled within, and may pause it again.
      if (closed && !paused) {
        pullRest("the connection closed early");
      }
    }

    private Channel channel() {
      return socket.channelHandlerContext().channel();
    }

    private void checkFirstByte() {
      if (!over && left == piece.length()) {
        connections.closeIdle(lent.peer()); // They are as old, and lead to the same process.
        pullRest("nothing came over a kept connection for " + FIRST_BYTE_MS + " ms");
      }
    }

    private void checkSilence() {
      if (!paused && left == leftBefore) {
        pullRest("nothing came over the connection for " + SILENCE_MS + " ms");
      }
      leftBefore = left;
    }

    /** Before the first byte everything is pulled by {@link FileStreams#send}. */
    private void pullRest(String why) {
      if (over) {
        return;
      }
      close();
      if (begun.tryFail(new IOException(why))) {
        return;
      }
      LOG.warn("the connection for a file ended; sending the rest over the bus: {}", why);
      Piece rest = new Piece(piece.last() + 1 - left, piece.last());
      PulledFile.send(backend, ctx, found, BodyPlan.of(rest))
          // Content-Length is sent already: only a premature end shows that bytes are missing.
          .onFailure(_ -> RequestScope.of(ctx).abort());
    }

    /** The client left, or the request ended otherwise. */
    private void leave() {
      close();
      begun.tryComplete(Response.SENT);
    }

    /** Everything has come; the connection is free for another file. */
    private void end() {
      over = true;
      cancelTimers();
      if (closed) {
        return;
      }
      connections.giveBack(lent);
    }

    private void cancelTimers() {
      vertx.cancelTimer(timer);
      vertx.cancelTimer(firstByteTimer);
    }

    private void close() {
      if (!over) {
        over = true;
        paused = false;
        cancelTimers();
        channel().config().setAutoRead(true);
        socket.resume(); // Releases what waits to be handled.
        socket.close();
      }
    }
  }
}

package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends files of this process's own file-service directly from the disk to the socket. Concurrent
 * responses share an open file, which stays open for a moment after the last one. Belongs to one
 * event loop; opening and closing run on worker threads.
 *
 * <p>It opens a file first and checks it afterwards: if path, size and time match, the open file is
 * the version that was found, and stays so even if another file replaces it. Like any server with
 * sendfile it does not notice when a file is modified in place meanwhile; uploads never do that.
 */
final class LocalFiles {

  private static final Logger LOG = LoggerFactory.getLogger(LocalFiles.class);

  private static final int MAX_OPEN = 256;

  private static final int PIECES_AHEAD = 2;

  /** Bounds how long an idle file keeps the disk space of a removed one. */
  private static final long SWEEP_MS = 1_000;

  /**
   * The option of the native transport by name, so that this class does not depend on its classes.
   * Other transports ignore it.
   */
  private static final ChannelOption<Boolean> TCP_CORK =
      ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_CORK");

  private final Vertx vertx;
  private final Map<String, OpenFile> byPath = new HashMap<>();

  LocalFiles(Vertx vertx) {
    this.vertx = vertx;
    vertx.setPeriodic(SWEEP_MS, _ -> sweep());
  }

  /** An open file; each user releases it once. */
  private final class OpenFile {

    private final FileChannel channel;
    private final String etag;
    private int users = 1;
    private boolean unused;
    private boolean dropped;

    private OpenFile(FileChannel channel, String etag) {
      this.channel = channel;
      this.etag = etag;
    }

    private void release() {
      users--;
      if (users == 0 && dropped) {
        close(channel);
      }
    }

    private void drop() {
      dropped = true;
      if (users == 0) {
        close(channel);
      }
    }
  }

  /**
   * Sends a piece after status and headers are set; fails with {@link StaleFileException} before it
   * sends anything.
   */
  Future<Response> send(RoutingContext ctx, Found found, Piece piece) {
    return open(found).compose(file -> send(ctx, file, piece));
  }

  private Future<Response> send(RoutingContext ctx, OpenFile file, Piece piece) {
    HttpServerResponse response = ctx.response();
    if (response.closed()) {
      file.release();
      return Future.succeededFuture(Response.SENT);
    }
    HttpConnection connection = ctx.request().connection();
    cork(connection, true);
    response
        .sendFile(file.channel, piece.first(), piece.length())
        .onComplete(sent -> {
          file.release();
          cork(connection, false);
          if (sent.failed()) {
            // Content-Length is sent already: only a premature end shows that bytes are missing.
            RequestScope.of(ctx).abort();
          }
        });
    return Future.succeededFuture(Response.SENT);
  }

  /**
   * Sends pieces over TLS, where Vert.x's sendFile would read the file on the event loop; fails as
   * {@link #send} does. A file that shrinks meanwhile ends the response early.
   */
  Future<Response> pull(RoutingContext ctx, Found found, BodyPlan plan) {
    return open(found)
        .compose(file -> {
          RequestScope.of(ctx).onEnd(file::release);
          return PulledFile.send(ctx, plan, PIECES_AHEAD, piece -> read(file.channel, piece));
        });
  }

  @SuppressWarnings("NullAway") // Vert.x allows null results; this one is never null
  private Future<Buffer> read(FileChannel channel, Piece piece) {
    return vertx.executeBlocking(
        () -> {
          ByteBuffer bytes = ByteBuffer.allocate((int) piece.length());
          while (bytes.hasRemaining()) {
            if (channel.read(bytes, piece.first() + bytes.position()) < 0) {
              throw new StaleFileException();
            }
          }
          return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.array()));
        },
        false);
  }

  /**
   * Delays segments that are not full, or stops doing so. With TCP_NODELAY alone the head would
   * fill a separate segment and every later write would end inside one: the receiver then reads and
   * acknowledges about twice as often. Has no effect on TLS, which makes its own records.
   */
  private static void cork(HttpConnection connection, boolean corked) {
    if (connection.isSsl() || !(connection instanceof ConnectionBase base)) {
      return;
    }
    Channel channel = base.channel();
    if (channel.isOpen()) {
      channel.config().setOption(TCP_CORK, corked);
    }
  }

  /** Opens a file; fails with {@link StaleFileException} when it is not the version found. */
  private Future<OpenFile> open(Found found) {
    OpenFile known = byPath.get(found.localPath());
    if (known != null && known.etag.equals(found.file().etag())) {
      known.users++;
      known.unused = false;
      return Future.succeededFuture(known);
    }
    return openChannel(found)
        .map(channel -> {
          OpenFile file = new OpenFile(channel, found.file().etag());
          OpenFile before = byPath.size() < MAX_OPEN ? byPath.put(found.localPath(), file) : file;
          if (before != null) {
            before.drop();
          }
          return file;
        });
  }

  @SuppressWarnings("NullAway") // Vert.x allows null results; this one is never null
  private Future<FileChannel> openChannel(Found found) {
    return vertx.executeBlocking(() -> openAndCheck(found), false);
  }

  private static FileChannel openAndCheck(Found found) throws IOException {
    Path path = Path.of(found.localPath());
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      LOG.debug("cannot open {}: {}", path, e.toString());
      throw new StaleFileException();
    }
    try {
      BasicFileAttributes now =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      FileInfo file = found.file();
      if (now.isRegularFile()
          && now.size() == file.sizeBytes()
          && channel.size() == file.sizeBytes()
          && now.lastModifiedTime().toMillis() == file.modifiedEpochMs()) {
        return channel;
      }
    } catch (IOException e) {
      LOG.debug("cannot read the attributes of {}: {}", path, e.toString());
    }
    channel.close();
    throw new StaleFileException();
  }

  /** Closes files without a user since the last sweep. */
  private void sweep() {
    byPath
        .values()
        .removeIf(file -> {
          if (file.users == 0 && file.unused) {
            file.drop();
            return true;
          }
          file.unused = file.users == 0;
          return false;
        });
  }

  /** On a worker thread, since closing a removed file frees its disk space, which takes time. */
  private void close(FileChannel channel) {
    vertx
        .executeBlocking(
            () -> {
              channel.close();
              return true;
            },
            false)
        .onFailure(e -> LOG.debug("cannot close a file: {}", e.toString()));
  }
}

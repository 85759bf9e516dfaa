package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.gateway.files.ByteRanges.Piece;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Exchange;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a file of this process's own file-service straight from the disk to the socket.
 *
 * <p>It is opened first and looked at afterwards: when path, size and time are still those that
 * were found, the file opened is the one meant, and stays so even if another takes its name while
 * it is being sent. Only a change in place during the sending would go unnoticed, as with any
 * server that uses sendfile; uploads never change in place.
 */
final class LocalFile {

  private static final Logger LOG = LoggerFactory.getLogger(LocalFile.class);

  private final Vertx vertx;
  private final StallGuard stalls;

  LocalFile(Vertx vertx, StallGuard stalls) {
    this.vertx = vertx;
    this.stalls = stalls;
  }

  @SuppressWarnings("NullAway") // Vert.x allows null results; opening a file has none
  private Future<FileChannel> opened(Found found) {
    return vertx.executeBlocking(() -> open(found), false);
  }

  /** Sends a piece behind a head that is set already; fails with {@link StaleFile} before that. */
  Future<Answer> send(Exchange exchange, Found found, Piece piece) {
    return opened(found).compose(channel -> send(exchange, channel, piece));
  }

  private static FileChannel open(Found found) throws IOException {
    Path path = Path.of(found.localPath());
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      LOG.debug("{} cannot be opened: {}", path, e.toString());
      throw new StaleFile();
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
      LOG.debug("{} is gone: {}", path, e.toString());
    }
    channel.close();
    throw new StaleFile();
  }

  private Future<Answer> send(Exchange exchange, FileChannel channel, Piece piece) {
    HttpServerResponse response = exchange.response();
    if (response.closed()) {
      close(channel);
      return Future.succeededFuture(Answer.SENT);
    }
    stalls.watch(exchange.request().connection(), response);
    response
        .sendFile(channel, piece.first(), piece.length())
        .onComplete(sent -> {
          close(channel);
          if (sent.failed()) {
            // The head promised more: only the end of the connection says that it is missing.
            exchange.request().connection().close();
          }
        });
    return Future.succeededFuture(Answer.SENT);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing a file: {}", e.toString());
    }
  }
}

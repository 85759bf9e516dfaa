package dev.signalbox.serverfactory;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.serving.FileSource;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;

/** Files of file-service, by its operations. */
final class FileServiceFiles implements FileSource {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int PIECE = 256 * 1_024;

  private final Bus bus;
  private final int maxBytes;

  FileServiceFiles(Bus bus, int maxBytes) {
    this.bus = bus;
    this.maxBytes = maxBytes;
  }

  @Override
  public Future<Content> read(String path, UnreadBodies.Share memory) {
    Call call = Call.within(PATIENCE);
    return bus.call(FileContract.OPEN, new OpenFileRequest(path, List.of(), null), call)
        .compose(reply ->
            switch (reply) {
              case OpenFileReply.Found found -> content(found, call, memory);
              // It answers so only to callers that name a version.
              case OpenFileReply.Unchanged _, OpenFileReply.Missing _ ->
                  failed(ErrorCode.NOT_FOUND, "file-service has no file " + path);
              case OpenFileReply.Forbidden(String message) ->
                  failed(
                      ErrorCode.NOT_FOUND, "file-service does not show " + path + ": " + message);
            });
  }

  private Future<Content> content(OpenFileReply.Found found, Call call, UnreadBodies.Share memory) {
    FileInfo file = found.file();
    if (file.sizeBytes() > maxBytes) {
      return failed(
          ErrorCode.TOO_LARGE, "file " + file.path() + " has more than " + maxBytes + " bytes");
    }
    Binary content = found.content();
    return memory
        .takeInTurn(file.sizeBytes())
        .compose(grant -> taken(grant, file, memory))
        .compose(_ ->
            content != null
                ? Future.succeededFuture(Buffer.buffer(content.bytes()))
                : readOn(found, Buffer.buffer((int) file.sizeBytes()), call, memory))
        .map(bytes -> new Content(bytes, file.mediaType()));
  }

  private static Future<Void> taken(
      UnreadBodies.Grant grant, FileInfo file, UnreadBodies.Share memory) {
    return switch (grant) {
      case TAKEN -> Future.succeededFuture();
      case GONE -> failed(ErrorCode.CANCELLED, "the client has left");
      case OVERLOADED ->
          failed(
              ErrorCode.OVERLOADED,
              "bodies that clients have not read take too much memory for file " + file.path());
      case NEVER_FITS ->
          failed(
              ErrorCode.TOO_LARGE,
              file.sizeBytes()
                  + " bytes are more than the "
                  + memory.limit()
                  + " of all bodies together");
    };
  }

  /** One piece after the other, so that no more than the file is in memory. */
  private Future<Buffer> readOn(
      OpenFileReply.Found found, Buffer read, Call call, UnreadBodies.Share memory) {
    FileInfo file = found.file();
    long left = file.sizeBytes() - read.length();
    if (left == 0) {
      return Future.succeededFuture(read);
    }
    if (memory.left()) {
      return failed(ErrorCode.CANCELLED, "the client has left");
    }
    return bus.call(
            FileContract.READ.at(found.node()),
            new ReadFileRequest(
                file.path(),
                file.encoding(),
                file.etag(),
                read.length(),
                (int) Math.min(left, PIECE)),
            call)
        .compose(reply ->
            switch (reply) {
              case ReadFileReply.Chunk(var data) when data.bytes().length > 0 ->
                  readOn(found, read.appendBytes(data.bytes()), call, memory);
              case ReadFileReply.Chunk _, ReadFileReply.Changed _ ->
                  failed(
                      ErrorCode.UNAVAILABLE,
                      "file " + file.path() + " changed while it was read; retry");
            });
  }

  private static <T> Future<T> failed(ErrorCode code, String message) {
    return Future.failedFuture(new ServiceException(code, message));
  }
}

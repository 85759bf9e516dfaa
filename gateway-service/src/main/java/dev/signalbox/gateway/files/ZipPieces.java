package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.ListFilesReply;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a zip archive, made piece by piece from the files below a folder, one piece at a
 * time. Each file is one version whole: one that is gone is left out, one that changes while it is
 * read fails the piece. Belongs to one event loop; compresses on worker threads.
 */
final class ZipPieces implements Iterator<Supplier<Future<Buffer>>> {

  /** What is read of a file at once. */
  private static final int READ_BYTES = 256 << 10;

  /** A piece ends with the file after which it has so many bytes. */
  private static final int PIECE_BYTES = 64 << 10;

  /**
   * Memory of the buffers of an archive: what is gathered, which grows by doubling, what was read
   * last with a copy of it, and the compressor. The names of the entries are beside it.
   */
  static final int BUFFER_BYTES = 2 * (PIECE_BYTES + READ_BYTES) + 2 * READ_BYTES + (320 << 10);

  /** Bounds the calls for one piece, since small files may add few bytes each. */
  private static final int STEPS = 64;

  private static final int PAGE = 1_000;

  private final Vertx vertx;
  private final Backend backend;
  private final RoutingContext ctx;
  private final FolderPath folder;
  private final FilesConfig config;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Zip zip = new Zip(out);
  private final Deque<FileInfo> files = new ArrayDeque<>();

  private final ArchiveNames names = new ArchiveNames();

  private @Nullable String nextPage;
  private @Nullable Content current;
  private long sentFiles;
  private long sentBytes;
  private boolean finished;
  private boolean busy;
  private boolean closed;

  /** A file on its way into the archive. */
  private record Content(Found found, long offset) {

    Piece nextPiece() {
      long last = Math.min(found.file().sizeBytes(), offset + READ_BYTES) - 1;
      return new Piece(offset, last);
    }
  }

  private static final class Zip extends ZipOutputStream {

    Zip(ByteArrayOutputStream out) {
      super(out, StandardCharsets.UTF_8);
      setLevel(Deflater.BEST_SPEED);
    }

    void begin(String name, long modifiedEpochMs) throws IOException {
      ZipEntry entry = new ZipEntry(name);
      entry.setLastModifiedTime(FileTime.fromMillis(modifiedEpochMs));
      putNextEntry(entry);
    }

    /** Frees the memory of the compressor, which is not the heap's. */
    void free() {
      def.end();
    }
  }

  /**
   * An archive of the files below a folder.
   *
   * @param first the first page of their listing
   */
  ZipPieces(
      Backend backend,
      RoutingContext ctx,
      FolderPath folder,
      ListFilesReply first,
      FilesConfig config) {
    this.vertx = ctx.vertx();
    this.backend = backend;
    this.ctx = ctx;
    this.folder = folder;
    this.config = config;
    take(first);
  }

  /** Asks for a page of the files below a folder. */
  static ListFilesRequest page(FolderPath folder, @Nullable String after) {
    return new ListFilesRequest(folder.path(), after, PAGE, false);
  }

  private void take(ListFilesReply page) {
    files.addAll(page.files());
    nextPage = page.next();
  }

  @Override
  public boolean hasNext() {
    return !finished;
  }

  /** The next piece; to be asked for when the one before is complete. */
  @Override
  public Supplier<Future<Buffer>> next() {
    return () -> {
      busy = true;
      return fill(STEPS)
          .map(_ -> {
            Buffer piece = BufferInternal.buffer(Unpooled.wrappedBuffer(out.toByteArray()));
            out.reset();
            return piece;
          })
          .onComplete(_ -> {
            busy = false;
            if (closed) {
              zip.free();
            }
          });
    };
  }

  /** Ends the work, finished or not. */
  void close() {
    closed = true;
    if (!busy) {
      zip.free();
    }
  }

  private Future<Void> fill(int steps) {
    if (closed) {
      return Future.failedFuture(new IOException("the request has ended"));
    }
    if (steps == 0 || out.size() >= PIECE_BYTES) {
      return Future.succeededFuture();
    }
    Content content = current;
    if (content != null) {
      return read(content).compose(_ -> fill(steps - 1));
    }
    FileInfo file = files.poll();
    if (file != null) {
      return open(file).compose(_ -> fill(steps - 1));
    }
    if (nextPage != null) {
      return FolderPages.list(backend, ctx, page(folder, nextPage))
          .compose(page -> {
            take(page);
            return fill(steps - 1);
          });
    }
    finished = true;
    return onWorker(() -> {
      zip.finish();
      return true;
    });
  }

  private Future<Void> open(FileInfo listed) {
    return backend
        .call(ctx, FileContract.OPEN, new OpenFileRequest(listed.path(), List.of(), null))
        .compose(reply ->
            // At the path of a file that was replaced by a folder its index.html is found.
            reply instanceof Found found && found.file().path().equals(listed.path())
                ? begin(found)
                : Future.succeededFuture());
  }

  private Future<Void> begin(Found found) {
    FileInfo file = found.file();
    if (sentFiles == config.maxArchiveEntries()
        || file.sizeBytes() > config.maxArchiveBytes() - sentBytes) {
      return Future.failedFuture(new IOException("the folder grew beyond the limits of archives"));
    }
    sentFiles++;
    sentBytes += file.sizeBytes();
    String name = names.file(folder.relative(file.path()));
    return onWorker(
            () -> {
              zip.begin(name, file.modifiedEpochMs());
              if (found.content() != null) {
                zip.write(found.content().bytes());
              }
              if (found.content() != null || file.sizeBytes() == 0) {
                zip.closeEntry();
              }
              return true;
            })
        .onSuccess(_ ->
            current =
                found.content() != null || file.sizeBytes() == 0 ? null : new Content(found, 0));
  }

  private Future<Void> read(Content content) {
    Piece piece = content.nextPiece();
    boolean last = piece.last() + 1 == content.found().file().sizeBytes();
    return PulledFile.fetch(backend, ctx, content.found(), piece)
        .compose(bytes ->
            onWorker(() -> {
              zip.write(bytes.getBytes());
              if (last) {
                zip.closeEntry();
              }
              return true;
            }))
        .onSuccess(_ -> current = last ? null : new Content(content.found(), piece.last() + 1));
  }

  private Future<Void> onWorker(Callable<Boolean> work) {
    return vertx.executeBlocking(work, false).mapEmpty();
  }
}

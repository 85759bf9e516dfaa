package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.listener.Door.TlsFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The certificate of the TLS door, of which all event loops of a process think the same. */
public final class DoorCertificate {

  /** Looks after the first one, for files that come late. */
  private static final int MORE_LOOKS = 3;

  private static final long LOOK_MS = 1_000;

  private final TlsFiles files;
  private final List<FileTime> written;
  private @Nullable Future<Void> proof;
  private volatile @Nullable String problem;

  /** Looks when the files were written, so that a later change of them is noticed. Blocks. */
  public DoorCertificate(TlsFiles files) {
    this.files = files;
    this.written = files.modifiedOrNone();
  }

  /**
   * Fails when certificate and key cannot be loaded or do not belong together, also some seconds
   * later: both may be replaced just now. Looks for the first caller alone, on whose context it
   * completes.
   */
  public synchronized Future<Void> proven(Vertx vertx) {
    if (proof == null) {
      proof =
          prove(vertx, MORE_LOOKS)
              .onFailure(
                  e -> problem = e.getMessage() + "; the door is closed until the next start");
    }
    return proof;
  }

  private Future<Void> prove(Vertx vertx, int more) {
    return matching(vertx)
        .recover(e ->
            more == 0
                ? Future.failedFuture(e)
                : vertx.timer(LOOK_MS, TimeUnit.MILLISECONDS).compose(_ -> prove(vertx, more - 1)));
  }

  /** The same for now. */
  Future<Void> matching(Vertx vertx) {
    return vertx
        .executeBlocking(
            () -> {
              files.requireMatch();
              return true;
            },
            false)
        .mapEmpty();
  }

  /** Whether a file is the one that has it. */
  public boolean isIn(Path file) {
    return files.certificate().equals(file);
  }

  TlsFiles files() {
    return files;
  }

  /** When the files were written, as of the time before any event loop read them. */
  List<FileTime> written() {
    return written;
  }

  /** The door has what the files have. */
  void inUse() {
    problem = null;
  }

  /** The door does not have what the files have. */
  void notInUse(Throwable reason) {
    String message = reason.getMessage();
    problem = message == null ? reason.toString() : message;
  }

  /** Why the door does not use the certificate of its files; null while it does. */
  public @Nullable String problem() {
    return problem;
  }
}

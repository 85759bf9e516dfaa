package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.ResumeUploadReply;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads at this instance. One that has begun and has no bytes yet waits for its client; from its
 * first piece on it has one of the places for uploads under way, which is freed when it finishes,
 * fails, is given up, or hears nothing for too long. Both are bounded. Blocks on the disk.
 */
public final class Uploads {

  /** The longest piece, in bytes. */
  static final int MAX_PIECE = 1 << 20;

  /** Uploads that may wait for their first piece, each with an open file. */
  private static final int MAX_WAITING = 512;

  /** Attempts to create a hidden file while directories are being removed. */
  private static final int MAX_ATTEMPTS = 20;

  /** How long a call waits for an earlier one on the same upload. */
  private static final long TURN_MS = 10_000;

  private static final Logger log = LoggerFactory.getLogger(Uploads.class);
  private static final TreePath INBOX = new TreePath(List.of("uploads"), true);

  private final FileRoot root;
  private final UploadCommit commit;
  private final ResumableUploads resumables;
  private final UploadLimits limits;
  private final String node;
  private final String hiddenPrefix;
  private final LongSupplier nanoTime;
  private final Placement placement;
  private final Semaphore places;
  private final Semaphore open;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentMap<String, Place> begun = new ConcurrentHashMap<>();

  /** An upload, whose turn it is, and when it was last heard of. */
  private static final class Place {
    private final Upload upload;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final AtomicInteger calls = new AtomicInteger();
    private volatile long heardAtNanos;
    // Guarded by turn.
    private boolean underWay;

    Place(Upload upload, long now) {
      this.upload = upload;
      this.heardAtNanos = now;
    }
  }

  /**
   * @param process id of this process: marks its hidden files
   * @param node id of this instance, sent to the client that begins an upload
   * @param nanoTime the clock
   */
  public Uploads(
      FileRoot root,
      UploadCommit commit,
      ResumableUploads resumables,
      UploadLimits limits,
      String process,
      String node,
      LongSupplier nanoTime) {
    this.root = root;
    this.commit = commit;
    this.resumables = resumables;
    this.limits = limits;
    this.node = node;
    this.hiddenPrefix = AbandonedUploads.prefix(process);
    this.nanoTime = nanoTime;
    this.placement = new Placement(root);
    this.places = new Semaphore(limits.atOnce());
    this.open = new Semaphore(limits.atOnce() + MAX_WAITING);
  }

  /** Opens an upload. */
  public BeginUploadReply begin(BeginUploadRequest request) throws IOException {
    limits.requireLength(request.declaredBytes());
    String asked = request.path();
    if (asked == null) {
      return begin(request, null);
    }
    return switch (UploadTarget.of(root, asked)) {
      case UploadTarget.Forbidden(String message) -> new BeginUploadReply.Forbidden(message);
      case UploadTarget.Writable(TreePath path) ->
          commit.holds(request, path)
              ? begin(request, path)
              : new BeginUploadReply.ConditionFailed();
    };
  }

  private BeginUploadReply begin(BeginUploadRequest request, @Nullable TreePath target)
      throws IOException {
    acquireWaiting();
    boolean done = false;
    try {
      String id = add(open(request, target));
      done = true;
      return new BeginUploadReply.Begun(id, node, limits.idle().toMillis());
    } finally {
      if (!done) {
        open.release();
      }
    }
  }

  private void acquireWaiting() {
    if (!open.tryAcquire()) {
      throw new ServiceException(
          ErrorCode.OVERLOADED, "too many uploads wait for their first bytes");
    }
  }

  private String add(Upload upload) {
    String id = token();
    begun.put(id, new Place(upload, nanoTime.getAsLong()));
    return id;
  }

  /** Carries a resumable upload on, as an upload that begins at its offset. */
  public ResumeUploadReply resume(ResumeUploadRequest request) throws IOException {
    acquireWaiting();
    boolean done = false;
    try {
      ResumeUploadReply reply =
          switch (resumables.resume(request)) {
            case ResumableUploads.Opened(ResumedUpload upload) -> {
              done = true;
              yield new ResumeUploadReply.Resumed(add(upload), node, limits.idle().toMillis());
            }
            case ResumableUploads.Refused(ResumeUploadReply refusal) -> refusal;
          };
      return reply;
    } finally {
      if (!done) {
        open.release();
      }
    }
  }

  /**
   * Creates the hidden file. A directory that a deletion leaves empty may be removed between the
   * look-up and the creation; the one above it is the nearest then.
   */
  private Upload open(BeginUploadRequest request, @Nullable TreePath target) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return Upload.begin(
            request,
            target,
            placement.nearest(target == null ? INBOX : target.parent()),
            hiddenPrefix + token());
      } catch (NoSuchFileException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Notes that the sender of an upload is alive, without waiting for the disk.
   *
   * @throws ServiceException NOT_FOUND when there is no such upload
   */
  public void onHeartbeat(String uploadId) {
    Place place = begun.get(uploadId);
    if (place == null) {
      throw gone();
    }
    place.heardAtNanos = nanoTime.getAsLong();
  }

  /**
   * Notes a call that waits for a thread: until {@link #onCallEnded} its upload is not idle,
   * however slow the disk is.
   */
  public void onCall(String uploadId) {
    Place place = begun.get(uploadId);
    if (place != null) {
      place.calls.incrementAndGet();
    }
  }

  /** Ends what {@link #onCall} began. */
  public void onCallEnded(String uploadId) {
    Place place = begun.get(uploadId);
    if (place != null) {
      place.heardAtNanos = nanoTime.getAsLong();
      place.calls.decrementAndGet();
    }
  }

  /** Adds a piece to an upload; one without bytes says that the upload goes on. */
  public void append(AppendUploadRequest request) throws IOException {
    int length = request.data().length();
    if (length > MAX_PIECE) {
      throw ServiceException.invalid("/data", "must be at most " + MAX_PIECE + " bytes");
    }
    if (length == 0) {
      onHeartbeat(request.uploadId());
      return;
    }
    Place place = take(request.uploadId());
    try {
      startIfFirst(request.uploadId(), place);
      place.upload.append(request.offset(), request.data(), limits.maxBytes());
      place.heardAtNanos = nanoTime.getAsLong();
    } finally {
      place.turn.unlock();
    }
  }

  private void startIfFirst(String id, Place place) {
    if (place.underWay) {
      return;
    }
    if (!places.tryAcquire()) {
      end(id, place);
      throw new ServiceException(
          ErrorCode.OVERLOADED, limits.atOnce() + " uploads are under way already");
    }
    place.underWay = true;
  }

  /** Makes an upload a visible file, or leaves nothing of it; a resumable one may be kept. */
  public FinishUploadReply finish(FinishUploadRequest request) throws IOException {
    Place place = take(request.uploadId());
    try {
      return place.upload instanceof ResumedUpload resumed
          ? resumables.finish(resumed, request.totalBytes())
          : commit.finish(place.upload, request.totalBytes());
    } finally {
      end(request.uploadId(), place);
      place.turn.unlock();
    }
  }

  /** Leaves nothing of an upload, unless it is resumable; one that is not there is fine. */
  public void abort(String uploadId) {
    Place place = begun.get(uploadId);
    if (place == null) {
      return;
    }
    if (!turn(place)) {
      throw new ServiceException(ErrorCode.TIMEOUT, "the upload is busy");
    }
    try {
      end(uploadId, place);
    } finally {
      place.turn.unlock();
    }
  }

  /** Aborts the uploads that received no call for too long. */
  public void abortIdle() {
    long now = nanoTime.getAsLong();
    begun.forEach((id, place) -> {
      // One with a call here is being worked on, so it is not idle.
      if (place.calls.get() == 0
          && now - place.heardAtNanos > limits.idle().toNanos()
          && place.turn.tryLock()) {
        try {
          log.info("aborting an upload that received nothing for {}", limits.idle());
          end(id, place);
        } finally {
          place.turn.unlock();
        }
      }
    });
  }

  /** Gives up all. */
  public void abortAll() {
    begun.keySet().forEach(this::abort);
  }

  /** How many are under way. */
  public int count() {
    return begun.size();
  }

  private Place take(String uploadId) {
    Place place = begun.get(uploadId);
    if (place == null) {
      throw gone();
    }
    if (!turn(place)) {
      throw new ServiceException(ErrorCode.TIMEOUT, "an earlier piece is still being written");
    }
    if (!place.upload.open()) {
      place.turn.unlock();
      throw gone();
    }
    return place;
  }

  private static boolean turn(Place place) {
    try {
      return place.turn.tryLock(TURN_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void end(String id, Place place) {
    if (!begun.remove(id, place)) {
      return;
    }
    try {
      place.upload.close();
    } catch (IOException e) {
      log.warn("removing {} of an upload: {}", place.upload.name(), e.toString());
    } finally {
      open.release();
      if (place.underWay) {
        place.underWay = false;
        places.release();
      }
    }
  }

  private static ServiceException gone() {
    return new ServiceException(
        ErrorCode.NOT_FOUND, "no such upload; it was finished, aborted or timed out");
  }

  private String token() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}

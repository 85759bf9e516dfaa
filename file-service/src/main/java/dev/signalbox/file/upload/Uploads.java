package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.MoveFileReply;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.contracts.file.ResumeUploadReply;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TotalBytes;
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
  private final TotalBytes total;
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
   * @param total counts their bytes
   * @param process id of this process: marks its hidden files
   * @param node id of this instance, sent to the client that begins an upload
   * @param nanoTime the clock
   */
  public Uploads(
      FileRoot root,
      UploadCommit commit,
      ResumableUploads resumables,
      UploadLimits limits,
      TotalBytes total,
      String process,
      String node,
      LongSupplier nanoTime) {
    this.root = root;
    this.commit = commit;
    this.resumables = resumables;
    this.limits = limits;
    this.total = total;
    this.node = node;
    this.hiddenPrefix = AbandonedUploads.prefix(process);
    this.nanoTime = nanoTime;
    this.placement = commit.placement();
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
    return switch (UploadTarget.of(root, asked, "/path")) {
      case UploadTarget.Forbidden(String message) -> new BeginUploadReply.Forbidden(message);
      case UploadTarget.Writable(TreePath path) ->
          commit.holds(request, path)
              ? begin(request, path)
              : new BeginUploadReply.ConditionFailed();
    };
  }

  private BeginUploadReply begin(BeginUploadRequest request, @Nullable TreePath target)
      throws IOException {
    // Without taking any: a client that sends nothing must not keep others from room.
    total.requireRoom(
        total.ofFile(Math.max(0, request.declaredBytes())), new TotalBytes.Loan(target));
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
    return hidden(
        target == null ? INBOX : target.parent(),
        (directory, name) -> Upload.begin(total, request, target, directory, name));
  }

  /** Opens an upload in a hidden file. */
  private interface Opening<T extends Upload> {
    T in(HeldDirectory directory, String name) throws IOException;
  }

  private <T extends Upload> T hidden(TreePath directory, Opening<T> opening) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return opening.in(placement.nearest(directory), hiddenPrefix + token());
      } catch (NoSuchFileException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Whether a copy has begun. */
  public sealed interface CopyBegin {}

  /** It has: {@link #copySlice} until all is copied, then {@link #finish}. */
  public record Copying(String uploadId, long sizeBytes) implements CopyBegin {}

  /** It may not. */
  public record Refused(MoveFileReply reply) implements CopyBegin {}

  /** Begins a copy, which has one of the places for uploads from the start. */
  public CopyBegin beginCopy(MoveFileRequest request) throws IOException {
    return switch (FileMoves.source(root, request)) {
      case FileMoves.Refused(MoveFileReply reply) -> new Refused(reply);
      case FileMoves.Named(TreePath from) ->
          switch (UploadTarget.of(root, request.to(), "/to")) {
            case UploadTarget.Forbidden(String message) ->
                new Refused(new MoveFileReply.Forbidden(message));
            case UploadTarget.Writable(TreePath to) -> beginCopy(request, from, to);
          };
    };
  }

  private CopyBegin beginCopy(MoveFileRequest request, TreePath from, TreePath to)
      throws IOException {
    FileRoot.Place found = root.find(from);
    if (found instanceof FileRoot.Barred(String message)) {
      return new Refused(new MoveFileReply.Forbidden(message));
    }
    if (!(found instanceof Existing place)) {
      return new Refused(FileMoves.missing(request));
    }
    MoveFileReply refusal = FileMoves.refusal(request, from, place.attributes());
    if (refusal == null && root.find(to) instanceof Existing there) {
      refusal = copyOnto(request, place, there);
    }
    if (refusal != null) {
      return new Refused(refusal);
    }
    CopySource source = CopySource.open(root, place.real());
    if (source == null) {
      return new Refused(FileMoves.missing(request));
    }
    boolean done = false;
    try {
      // Again, for the version that is copied.
      refusal = FileMoves.refusal(request, from, source.attributes());
      CopyBegin begin =
          refusal == null
              ? new Copying(addCopy(source, to, request.overwrite()), source.sizeBytes())
              : new Refused(refusal);
      done = refusal == null;
      return begin;
    } finally {
      if (!done) {
        source.close();
      }
    }
  }

  private static @Nullable MoveFileReply copyOnto(
      MoveFileRequest request, Existing source, Existing there) {
    if (source.real().equals(there.real())) {
      return FileMoves.same();
    }
    UploadCommit.refuseOther(there.attributes());
    return request.overwrite() ? null : new MoveFileReply.ConditionFailed();
  }

  private String addCopy(CopySource source, TreePath to, boolean overwrite) throws IOException {
    BeginUploadRequest request =
        new BeginUploadRequest(
            to.text(),
            BeginUploadRequest.Kind.BYTES,
            source.sizeBytes(),
            null,
            overwrite ? null : "*");
    total.requireRoom(total.ofFile(source.sizeBytes()), new TotalBytes.Loan(to));
    acquireWaiting();
    boolean underWay = false;
    boolean done = false;
    try {
      underWay = acquirePlace();
      CopiedFile copy =
          hidden(
              to.parent(),
              (directory, name) ->
                  new CopiedFile(
                      total, source, request, to, directory, name, Upload.create(directory, name)));
      Place place = new Place(copy, nanoTime.getAsLong());
      place.underWay = true;
      String id = token();
      begun.put(id, place);
      done = true;
      return id;
    } finally {
      if (!done) {
        open.release();
        if (underWay) {
          places.release();
        }
      }
    }
  }

  /**
   * Copies the next slice.
   *
   * @return whether that was the last one
   */
  public boolean copySlice(String id) throws IOException {
    Place place = take(id);
    try {
      return !(place.upload instanceof CopiedFile copy) || copy.copySlice();
    } finally {
      place.turn.unlock();
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
    try {
      place.underWay = acquirePlace();
    } catch (ServiceException e) {
      end(id, place);
      throw e;
    }
  }

  private boolean acquirePlace() {
    if (!places.tryAcquire()) {
      throw new ServiceException(
          ErrorCode.OVERLOADED, limits.atOnce() + " uploads are under way already");
    }
    return true;
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

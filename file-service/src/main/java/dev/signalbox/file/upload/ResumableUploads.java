package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.CreateResumableReply;
import dev.signalbox.contracts.file.CreateResumableRequest;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.ResumableStatusReply;
import dev.signalbox.contracts.file.ResumableUpload;
import dev.signalbox.contracts.file.ResumeUploadReply;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.contracts.file.TerminateResumableReply;
import dev.signalbox.file.tree.FileFinder;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TotalBytes.Change;
import dev.signalbox.file.tree.TotalBytes.Loan;
import dev.signalbox.file.tree.TreePath;
import dev.signalbox.file.upload.ResumableFacts.Stage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads that outlive their connections and their processes. All there is to know of one is on
 * disk: its bytes, whose number is its offset, and its facts. So any instance that shares the root
 * carries it on. Blocks on the disk.
 */
public final class ResumableUploads {

  private static final Logger LOG = LoggerFactory.getLogger(ResumableUploads.class);

  private final FileRoot root;
  private final UploadCommit commit;
  private final UploadLimits limits;
  private final TotalBytes total;
  private final Clock clock;
  private final Consumer<String> onStored;
  private final ResumableFiles files;

  /** What uploads have on loan also between their calls, as far as this process gave it. */
  private final ConcurrentMap<String, Loan> loans = new ConcurrentHashMap<>();

  /**
   * @param total counts their bytes
   * @param clock decides what has expired
   * @param onStored gets the path of each file that becomes visible by {@link #create} or {@link
   *     #status}
   */
  public ResumableUploads(
      FileRoot root,
      UploadCommit commit,
      UploadLimits limits,
      TotalBytes total,
      Clock clock,
      Consumer<String> onStored) {
    this.root = root;
    this.commit = commit;
    this.limits = limits;
    this.total = total;
    this.clock = clock;
    this.onStored = onStored;
    this.files = new ResumableFiles(root);
  }

  /** Whether an upload may be carried on. */
  sealed interface Resumption {}

  /** It may; the caller closes it. */
  record Opened(ResumedUpload upload) implements Resumption {}

  /** It may not. */
  record Refused(ResumeUploadReply reply) implements Resumption {}

  /** Creates an upload. */
  public CreateResumableReply create(CreateResumableRequest request) throws IOException {
    check(request);
    String asked = request.path();
    if (asked == null) {
      // The name is known before the bytes are, so that a crash cannot store them under two names.
      return create(request, commit.newPath(), "*");
    }
    return switch (UploadTarget.of(root, asked, "/path")) {
      case UploadTarget.Forbidden(String message) -> new CreateResumableReply.Forbidden(message);
      case UploadTarget.Writable(TreePath path) -> create(request, path, request.ifNoneMatch());
    };
  }

  private void check(CreateResumableRequest request) {
    String metadata = request.metadata();
    if (metadata != null && !isPrintable(metadata, CreateResumableRequest.MAX_METADATA_BYTES)) {
      throw ServiceException.invalid(
          "/metadata",
          "must be printable ASCII of at most %d bytes"
              .formatted(CreateResumableRequest.MAX_METADATA_BYTES));
    }
    String concat = request.concat();
    if (concat != null && !isPrintable(concat, CreateResumableRequest.MAX_CONCAT_BYTES)) {
      throw ServiceException.invalid(
          "/concat",
          "must be printable ASCII of at most %d bytes"
              .formatted(CreateResumableRequest.MAX_CONCAT_BYTES));
    }
    boolean made = concat != null && concat.startsWith("final;");
    if (concat != null && !made && !concat.equals("partial")) {
      throw ServiceException.invalid("/concat", "must be partial or begin with final;");
    }
    if (made == request.parts().isEmpty()) {
      throw ServiceException.invalid("/parts", "must be there for a final upload, and only then");
    }
    if (request.parts().size() > CreateResumableRequest.MAX_PARTS) {
      throw ServiceException.invalid(
          "/parts", "must be at most " + CreateResumableRequest.MAX_PARTS);
    }
    if (request.lengthBytes() < -1 || (made && request.lengthBytes() != -1)) {
      throw ServiceException.invalid(
          "/length_bytes", "must be at least 0, and is not said of a final upload");
    }
    limits.requireLength(request.lengthBytes());
  }

  private static boolean isPrintable(String text, int maxLength) {
    return text.length() <= maxLength && text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  private CreateResumableReply create(
      CreateResumableRequest request, TreePath path, @Nullable String ifNoneMatch)
      throws IOException {
    long declared = request.lengthBytes();
    if (!"partial".equals(request.concat())
        && !commit.holds(
            new BeginUploadRequest(
                path.text(), Kind.BYTES, declared, request.ifMatch(), ifNoneMatch),
            path)) {
      return new CreateResumableReply.ConditionFailed();
    }
    try (HeldDirectory directory = files.ensure()) {
      files.makeRoom(directory, limits.resumable());
      long length = request.parts().isEmpty() ? declared : sum(directory, request.parts());
      limits.requireLength(length);
      ResumableFacts facts =
          new ResumableFacts(
              path.text(),
              length,
              request.metadata(),
              request.concat(),
              request.ifMatch(),
              ifNoneMatch,
              expires(),
              -1,
              Stage.GROWING);
      total.requireRoom(total.ofFile(Math.max(0, length)), new Loan(facts.target()));
      return create(directory, facts, request.parts());
    }
  }

  /** The bytes of complete parts. */
  private long sum(HeldDirectory directory, List<String> parts) throws IOException {
    long sum = 0;
    for (String part : parts) {
      ResumableFacts facts = present(directory, part);
      BasicFileAttributes content = directory.attributes(part);
      if (!facts.partial()) {
        throw ServiceException.invalid("/parts", part + " is not a partial upload");
      }
      if (content == null || !facts.completeAt(facts.offset(content.size()))) {
        throw new ServiceException(ErrorCode.CONFLICT, "the upload " + part + " is unfinished");
      }
      sum = Math.addExact(sum, facts.lengthBytes());
    }
    return sum;
  }

  private CreateResumableReply create(
      HeldDirectory directory, ResumableFacts facts, List<String> parts) throws IOException {
    String id = files.newId();
    // Also before it has bytes, unlike other uploads: it may stay without any for long.
    long created = total.ofFile(parts.isEmpty() ? 0 : facts.lengthBytes());
    try (Change _ = total.changing(created)) {
      files.createContent(directory, id);
      return create(directory, id, facts, parts, created);
    }
  }

  /**
   * @param created what its file counts, with copies of all parts
   */
  private CreateResumableReply create(
      HeldDirectory directory, String id, ResumableFacts facts, List<String> parts, long created)
      throws IOException {
    Loan loan = loan(id, facts);
    ResumedUpload upload = null;
    boolean done = false;
    long counted = 0;
    try (LockedContent content = locked(id)) {
      total.add(created, loan);
      counted = created;
      for (String part : parts) {
        try (LockedContent source = locked(part)) {
          content.addAll(source);
        }
      }
      content.channel().force(true);
      files.write(directory, id, facts);
      long written = content.channel().size();
      ResumableUpload state = facts.state(id, written);
      if (facts.partial() || !facts.completeAt(written)) {
        done = true;
        return new CreateResumableReply.Created(state);
      }
      upload = new ResumedUpload(total, content, facts, loan, written, false);
      FinishUploadReply reply = finish(upload, written);
      done = true;
      return switch (reply) {
        case Stored(var file, _) -> {
          onStored.accept(file.path());
          yield new CreateResumableReply.Created(facts.stored(id, file.path()));
        }
        case FinishUploadReply.ConditionFailed() -> new CreateResumableReply.ConditionFailed();
        case FinishUploadReply.Kept _, FinishUploadReply.Rejected _ ->
            throw new IllegalStateException("a complete upload was not stored");
      };
    } finally {
      if (!done) {
        // The client gets no URL, so it could neither carry the upload on nor remove it.
        long gone = upload != null && upload.isPlaced() ? 0 : counted;
        discard(gone, loan, () -> files.delete(directory, id));
        endLoan(id);
      }
    }
  }

  /** What an upload has on loan; to be called when its bytes have their file. */
  private Loan loan(String id, ResumableFacts facts) {
    return total.limited()
        ? loans.computeIfAbsent(id, _ -> new Loan(facts.target()))
        : new Loan(null);
  }

  private void endLoan(String id) {
    Loan loan = loans.remove(id);
    if (loan != null) {
      total.release(0, loan);
    }
  }

  /** Removes bytes from the disk, and from what is counted. */
  private void discard(long bytes, Loan loan, Removal removal) throws IOException {
    try (Change _ = total.changing(bytes)) {
      removal.run();
      total.removed(bytes, loan);
    }
  }

  /** Removes something from the disk. */
  private interface Removal {
    void run() throws IOException;
  }

  private LockedContent locked(String id) throws IOException {
    LockedContent content = files.lock(id);
    if (content == null) {
      throw new ServiceException(ErrorCode.CONFLICT, "the upload " + id + " is locked");
    }
    return content;
  }

  /** Opens an upload to carry it on. */
  Resumption resume(ResumeUploadRequest request) throws IOException {
    String id = request.id();
    try (HeldDirectory directory = existing()) {
      if (present(directory, id).concatenated()) {
        return new Refused(new ResumeUploadReply.Final());
      }
      LockedContent content;
      try {
        content = files.lock(id);
      } catch (NoSuchFileException _) {
        return complete(directory, request);
      }
      if (content == null) {
        return new Refused(new ResumeUploadReply.Locked());
      }
      boolean opened = false;
      try {
        Resumption resumption = resume(content, request);
        opened = resumption instanceof Opened;
        return resumption;
      } finally {
        if (!opened) {
          content.close();
        }
      }
    }
  }

  /** Opens an upload whose bytes are not in its own file any more. */
  private Resumption complete(HeldDirectory directory, ResumeUploadRequest request)
      throws IOException {
    ResumableFacts facts = present(directory, request.id());
    if (facts.stage() == Stage.GROWING) {
      throw missing();
    }
    if (facts.lengthBytes() != request.offset()) {
      return new Refused(new ResumeUploadReply.OffsetDiffers(facts.lengthBytes()));
    }
    throw new ServiceException(ErrorCode.CONFLICT, "the upload is complete");
  }

  private Resumption resume(LockedContent content, ResumeUploadRequest request) throws IOException {
    String id = request.id();
    // Read again, as it may have changed before it was locked.
    ResumableFacts facts = present(content.directory(), id);
    FileChannel channel = content.channel();
    if (facts.stage() == Stage.STORED) {
      return complete(content.directory(), request);
    }
    long offset = facts.offset(channel.size());
    if (offset != request.offset()) {
      return new Refused(new ResumeUploadReply.OffsetDiffers(offset));
    }
    long length = length(facts, request);
    Loan loan = loan(id, facts);
    if (length >= 0) {
      total.requireRoom(length - offset, loan);
    }
    if (channel.size() > offset) {
      discard(channel.size() - offset, loan, () -> channel.truncate(offset));
    }
    long unchecked = request.checked() ? offset : -1;
    if (length != facts.lengthBytes()
        || unchecked != facts.uncheckedFrom()
        || facts.stage() != Stage.GROWING) {
      facts = facts.growing(length, unchecked, facts.expiresAtEpochMs());
      files.write(content.directory(), id, facts);
    }
    return new Opened(new ResumedUpload(total, content, facts, loan, offset, request.checked()));
  }

  private long length(ResumableFacts facts, ResumeUploadRequest request) {
    long length = request.lengthBytes();
    if (length < 0 || length == facts.lengthBytes()) {
      return facts.lengthBytes();
    }
    if (facts.lengthBytes() >= 0) {
      throw ServiceException.invalid(
          "/length_bytes", "is " + facts.lengthBytes() + " already and cannot change");
    }
    if (length < request.offset()) {
      throw ServiceException.invalid("/length_bytes", "is less than what is stored already");
    }
    limits.requireLength(length);
    return length;
  }

  /**
   * Ends a call that carried an upload on: what was written is on disk, and a visible file when it
   * is all. The caller closes the upload.
   */
  FinishUploadReply finish(ResumedUpload upload, long totalBytes) throws IOException {
    return finish(upload, totalBytes, expires());
  }

  /**
   * @param expires until then it is kept if it is whole and cannot have its place
   */
  private FinishUploadReply finish(ResumedUpload upload, long totalBytes, long expires)
      throws IOException {
    if (upload.written() != totalBytes) {
      throw new ServiceException(
          ErrorCode.CONFLICT,
          upload.written() + " bytes arrived of " + totalBytes + " that were sent");
    }
    String id = upload.name();
    HeldDirectory directory = upload.directory();
    ResumableFacts facts = upload.facts();
    upload.sync();
    if (facts.partial() || !facts.completeAt(totalBytes)) {
      ResumableFacts kept = facts.growing(facts.lengthBytes(), -1, expires());
      files.write(directory, id, kept);
      upload.keep();
      return new FinishUploadReply.Kept(kept.state(id, totalBytes));
    }
    ResumableFacts placing = facts.at(Stage.PLACING, expires);
    if (!placing.equals(facts)) {
      files.write(directory, id, placing);
    }
    upload.keep();
    // Until its own name is gone a walk may find the file twice.
    long counted = total.ofFile(totalBytes);
    try (Change _ = total.changing(counted)) {
      FinishUploadReply reply = place(upload);
      if (reply instanceof Stored) {
        files.write(directory, id, facts.at(Stage.STORED, expires()));
        directory.delete(id);
      } else {
        discard(counted, loan(id, facts), () -> files.delete(directory, id));
      }
      endLoan(id);
      return reply;
    }
  }

  private FinishUploadReply place(ResumedUpload upload) throws IOException {
    TreePath path = upload.target();
    if (path != null && root.find(path) instanceof Existing(var _, var attributes)) {
      BasicFileAttributes own = upload.directory().attributes(upload.name());
      if (own != null && own.fileKey() != null && own.fileKey().equals(attributes.fileKey())) {
        // A process ended after it had linked the file to its path.
        return new Stored(FileFinder.info(path, attributes), true);
      }
    }
    return commit.finish(upload, upload.written());
  }

  /**
   * The state of an upload. One whose bytes are all there is a visible file afterwards, unless it
   * cannot have its place now; then it has no path yet.
   */
  public ResumableStatusReply status(String id) throws IOException {
    try (HeldDirectory directory = existing()) {
      ResumableFacts facts = present(directory, id);
      BasicFileAttributes attributes = directory.attributes(id);
      if (attributes == null) {
        // It may have become a file since its facts were read.
        facts = present(directory, id);
      }
      if (facts.stage() == Stage.STORED || attributes == null) {
        if (facts.stage() == Stage.GROWING) {
          throw missing();
        }
        return new ResumableStatusReply.Present(facts.stored(id, facts.path()));
      }
      long offset = facts.offset(attributes.size());
      if (facts.partial() || !facts.completeAt(offset)) {
        return new ResumableStatusReply.Present(facts.state(id, offset));
      }
      return finish(directory, id);
    }
  }

  /** Finishes an upload whose bytes were all there when its last call was cut off. */
  private ResumableStatusReply finish(HeldDirectory directory, String id) throws IOException {
    LockedContent locked;
    try {
      locked = files.lock(id);
    } catch (NoSuchFileException _) {
      ResumableFacts facts = present(directory, id);
      return new ResumableStatusReply.Present(facts.stored(id, facts.path()));
    }
    if (locked == null) {
      return new ResumableStatusReply.Locked();
    }
    try (LockedContent content = locked) {
      ResumableFacts facts = present(directory, id);
      long offset = facts.offset(content.channel().size());
      ResumableUpload state = facts.state(id, offset);
      if (!facts.completeAt(offset)) {
        return new ResumableStatusReply.Present(state);
      }
      ResumedUpload upload =
          new ResumedUpload(total, content, facts, loan(id, facts), offset, false);
      boolean stored;
      try {
        // Asking does not keep it longer.
        stored = finish(upload, offset, facts.expiresAtEpochMs()) instanceof Stored;
      } catch (ServiceException | IOException e) {
        if (!upload.isPlaced()) {
          LOG.debug("resumable upload {} cannot be placed now: {}", id, e.toString());
          return new ResumableStatusReply.Present(state);
        }
        LOG.warn("resumable upload {} is placed, but its end is not noted: {}", id, e.toString());
        stored = true;
      }
      if (!stored) {
        throw missing();
      }
      onStored.accept(facts.path());
      return new ResumableStatusReply.Present(facts.stored(id, facts.path()));
    }
  }

  /** Removes an upload; a file that it has become stays. */
  public TerminateResumableReply terminate(String id) throws IOException {
    try (HeldDirectory directory = existing()) {
      present(directory, id);
      return remove(directory, id)
          ? new TerminateResumableReply.Terminated()
          : new TerminateResumableReply.Locked();
    }
  }

  /** False when it is locked. */
  private boolean remove(HeldDirectory directory, String id) throws IOException {
    LockedContent locked;
    try {
      locked = files.lock(id);
    } catch (NoSuchFileException _) {
      if (isBeingPlaced(directory, id)) {
        return false;
      }
      files.delete(directory, id);
      endLoan(id);
      return true;
    }
    if (locked == null) {
      return false;
    }
    try (LockedContent content = locked) {
      Loan loan = loans.getOrDefault(id, new Loan(null));
      discard(total.ofFile(content.channel().size()), loan, () -> files.delete(directory, id));
      endLoan(id);
      return true;
    }
  }

  /** Whether another process has just moved the bytes to their path, and is to note that. */
  private boolean isBeingPlaced(HeldDirectory directory, String id) throws IOException {
    ResumableFacts facts = files.read(directory, id);
    TreePath target = facts == null || facts.stage() != Stage.PLACING ? null : facts.target();
    return target != null && files.lockedElsewhere(target);
  }

  /**
   * Removes what has expired and no call is carrying on.
   *
   * @param stop asked at each upload
   * @return how many there were
   */
  public int removeExpired(BooleanSupplier stop) throws IOException {
    int removed = 0;
    try (HeldDirectory directory = files.existing()) {
      if (directory == null) {
        return 0;
      }
      Set<String> lent = new HashSet<>(loans.keySet());
      Set<String> ids = files.ids(directory);
      // A replica may have ended these; each loan is younger than the files of its upload.
      lent.removeAll(ids);
      lent.forEach(this::endLoan);
      for (String id : ids) {
        if (stop.getAsBoolean()) {
          break;
        }
        if (isExpired(directory, id) && remove(directory, id)) {
          removed++;
        }
      }
      files.deleteTemporary(directory, clock.millis() - limits.resumableExpiry().toMillis());
    }
    return removed;
  }

  private boolean isExpired(HeldDirectory directory, String id) throws IOException {
    ResumableFacts facts = files.read(directory, id);
    if (facts != null) {
      return facts.expiresAtEpochMs() <= clock.millis();
    }
    // A process ended before it had written the facts, or is about to write them.
    BasicFileAttributes content = directory.attributes(id);
    return content != null
        && content.lastModifiedTime().toMillis() + limits.resumableExpiry().toMillis()
            <= clock.millis();
  }

  private HeldDirectory existing() throws IOException {
    HeldDirectory directory = files.existing();
    if (directory == null) {
      throw missing();
    }
    return directory;
  }

  private ResumableFacts present(HeldDirectory directory, String id) throws IOException {
    ResumableFacts facts = ResumableFiles.isId(id) ? files.read(directory, id) : null;
    if (facts == null || facts.expiresAtEpochMs() <= clock.millis()) {
      throw missing();
    }
    return facts;
  }

  private static ServiceException missing() {
    return new ServiceException(
        ErrorCode.NOT_FOUND, "no such upload; it was terminated or has expired");
  }

  private long expires() {
    return clock.millis() + limits.resumableExpiry().toMillis();
  }
}

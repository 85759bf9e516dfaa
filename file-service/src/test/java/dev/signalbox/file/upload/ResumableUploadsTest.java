package dev.signalbox.file.upload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.CreateResumableReply.Created;
import dev.signalbox.contracts.file.CreateResumableRequest;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.ResumableStatusReply.Present;
import dev.signalbox.contracts.file.ResumableUpload;
import dev.signalbox.contracts.file.ResumeUploadReply;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.contracts.file.TerminateResumableReply;
import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.RootDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.testsupport.FileTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Resumable uploads on the disk, as two instances see them and as a crash leaves them. */
class ResumableUploadsTest {

  private static final Duration EXPIRY = Duration.ofHours(1);

  private final UploadLimits limits =
      new UploadLimits(5, 1_000, Duration.ofSeconds(60), 20, 100, EXPIRY);
  private final List<String> stored = new ArrayList<>();
  private Instant now = Instant.now();
  @TempDir Path directory;
  private ResumableUploads one;
  private ResumableUploads other;

  @BeforeEach
  void open() throws IOException {
    FileRoot root = RootDirectory.prepare(directory.resolve("root"));
    one = uploads(root);
    other = uploads(root);
  }

  private ResumableUploads uploads(FileRoot root) {
    InstantSource source = () -> now;
    Clock clock = source.withZone(ZoneOffset.UTC);
    TotalBytes total = new TotalBytes(root, 0, 0, 0, "");
    UploadCommit commit =
        new UploadCommit(
            root, new ChangeLock(root), total, limits, clock, RandomGenerator.getDefault());
    return new ResumableUploads(root, commit, limits, total, clock, stored::add);
  }

  private Path at(String path) {
    return directory.resolve("root").resolve(path);
  }

  private List<Path> hidden() {
    return FileTree.files(at(".resumable"));
  }

  private ResumableUpload create(long length) throws IOException {
    return ((Created)
            one.create(
                new CreateResumableRequest("/a.txt", length, null, null, List.of(), null, null)))
        .upload();
  }

  private static ResumedUpload open(ResumableUploads at, String id, long offset, boolean checked)
      throws IOException {
    return ((ResumableUploads.Opened) at.resume(new ResumeUploadRequest(id, offset, -1, checked)))
        .upload();
  }

  /** Appends without the end of a call, as when its process is killed. */
  private void append(String id, long offset, String text, boolean checked) throws IOException {
    ResumedUpload upload = open(one, id, offset, checked);
    upload.append(offset, new Binary(text.getBytes(UTF_8)), 1_000);
    if (checked) {
      // A process that is killed does not cut off what it has written.
      upload.keep();
    }
    upload.close();
  }

  private static ResumableUpload status(ResumableUploads at, String id) throws IOException {
    return ((Present) at.status(id)).upload();
  }

  @Test
  void givenAnUploadOpenAtOneInstance_whenOpenedAtAnother_thenItIsLockedUntilItIsClosed()
      throws IOException {
    String id = create(2).id();
    ResumedUpload upload = open(one, id, 0, false);

    assertThat(other.resume(new ResumeUploadRequest(id, 0, -1, false)))
        .isEqualTo(new ResumableUploads.Refused(new ResumeUploadReply.Locked()));

    upload.close();
    open(other, id, 0, false).close();
  }

  @Test
  void givenAllBytesButNoEnd_whenAskedAtAnotherInstance_thenTheFileIsVisible() throws IOException {
    String id = create(2).id();
    append(id, 0, "ab", false);
    assertThat(at("a.txt")).doesNotExist();

    assertThat(status(other, id).storedPath()).isEqualTo("/a.txt");

    assertThat(at("a.txt")).hasContent("ab");
    assertThat(stored).containsExactly("/a.txt");
    assertThat(status(one, id).offset()).isEqualTo(2);
    assertThat(stored).hasSize(1);
  }

  @Test
  void givenBytesWithAChecksumButNoEnd_whenAsked_thenTheyDoNotCount() throws IOException {
    String id = create(4).id();
    append(id, 0, "a", false);
    append(id, 1, "bcd", true);

    assertThat(status(other, id).offset()).isEqualTo(1);
    append(id, 1, "xyz", false);
    assertThat(status(other, id).storedPath()).isEqualTo("/a.txt");
    assertThat(at("a.txt")).hasContent("axyz");
  }

  @Test
  void givenAFileLinkedToItsPathBeforeACrash_whenAsked_thenItIsStoredOnce() throws IOException {
    String id = create(2).id();
    append(id, 0, "ab", false);
    Files.createLink(at("a.txt"), at(".resumable").resolve(id));

    assertThat(status(other, id).storedPath()).isEqualTo("/a.txt");

    assertThat(at("a.txt")).hasContent("ab");
    assertThat(hidden()).hasSize(1);
  }

  @Test
  void givenAnUpload_whenItsTimeIsOver_thenItIsNotFoundAndTheSweepRemovesIt() throws IOException {
    String id = create(2).id();
    append(id, 0, "a", false);
    now = now.plus(EXPIRY).minusSeconds(1);
    assertThat(other.removeExpired(() -> false)).isZero();
    assertThat(status(one, id).offset()).isEqualTo(1);
    now = now.plusSeconds(2);

    assertThatThrownBy(() -> one.status(id))
        .isInstanceOfSatisfying(
            ServiceException.class,
            fault -> assertThat(fault.code()).isEqualTo(ErrorCode.NOT_FOUND));
    assertThat(other.removeExpired(() -> false)).isEqualTo(1);
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenAnExpiredUploadThatACallCarriesOn_whenTheSweepRuns_thenItStays() throws IOException {
    String id = create(2).id();
    ResumedUpload upload = open(one, id, 0, false);
    now = now.plus(EXPIRY).plusSeconds(1);

    assertThat(other.removeExpired(() -> false)).isZero();

    upload.close();
    assertThat(other.removeExpired(() -> false)).isEqualTo(1);
  }

  @Test
  void givenAStoredUpload_whenItsTimeIsOver_thenTheFileStays() throws IOException {
    String id = create(0).id();
    assertThat(at("a.txt")).isEmptyFile();
    now = now.plus(EXPIRY);

    assertThat(other.removeExpired(() -> false)).isEqualTo(1);

    assertThat(at("a.txt")).exists();
    assertThat(hidden()).isEmpty();
    assertThatThrownBy(() -> one.status(id)).isInstanceOf(ServiceException.class);
  }

  @Test
  void givenWhatProcessesLeftHalfWritten_whenItIsOld_thenTheSweepRemovesIt() throws IOException {
    create(2);
    Files.createFile(at(".resumable").resolve("0".repeat(32)));
    Files.createFile(at(".resumable").resolve("1".repeat(32) + ".new"));
    assertThat(other.removeExpired(() -> false)).isZero();
    assertThat(hidden()).hasSize(4);
    now = now.plus(EXPIRY).plusSeconds(10);

    other.removeExpired(() -> false);

    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenAllBytesButADirectoryAtThePath_whenAsked_thenTheStateIsToldAndStillExpires()
      throws IOException {
    ResumableUpload created = create(2);
    append(created.id(), 0, "ab", false);
    Files.createDirectory(at("a.txt"));
    now = now.plus(EXPIRY).minusSeconds(1);

    ResumableUpload state = status(other, created.id());

    assertThat(state.offset()).isEqualTo(2);
    assertThat(state.lengthBytes()).isEqualTo(2);
    assertThat(state.storedPath()).isNull();
    assertThat(state.expiresAtEpochMs()).isEqualTo(created.expiresAtEpochMs());
    now = now.plusSeconds(2);
    assertThatThrownBy(() -> one.status(created.id())).isInstanceOf(ServiceException.class);
    assertThat(one.removeExpired(() -> false)).isEqualTo(1);
    assertThat(hidden()).isEmpty();
  }

  /** An upload that has all its bytes, and was asked for while a directory was at its path. */
  private String wholeWithoutPlace() throws IOException {
    String id = create(2).id();
    append(id, 0, "ab", false);
    Files.createDirectory(at("a.txt"));
    status(one, id);
    return id;
  }

  @Test
  void givenAllBytesButADirectoryAtThePath_whenItIsGone_thenAnEmptyPieceStoresTheFile()
      throws IOException {
    String id = wholeWithoutPlace();
    Files.delete(at("a.txt"));

    try (Closing upload = new Closing(open(other, id, 2, false))) {
      assertThat(other.finish(upload.upload(), 2)).isInstanceOf(FinishUploadReply.Stored.class);
    }

    assertThat(at("a.txt")).hasContent("ab");
    assertThat(status(one, id).storedPath()).isEqualTo("/a.txt");
  }

  private record Closing(ResumedUpload upload) implements Closeable {
    @Override
    public void close() throws IOException {
      upload.close();
    }
  }

  @Test
  void givenAllBytesButADirectoryAtThePath_whenTerminated_thenNothingIsLeft() throws IOException {
    String id = wholeWithoutPlace();

    assertThat(one.terminate(id)).isEqualTo(new TerminateResumableReply.Terminated());

    assertThat(hidden()).isEmpty();
    assertThat(at("a.txt")).isDirectory();
  }

  @Test
  void givenAnUploadThatAnotherProcessCarriesOn_whenTerminated_thenItIsLockedAndStays()
      throws IOException {
    String id = create(4).id();
    append(id, 0, "ab", false);
    try (OtherProcess _ = OtherProcess.thatLocks(at(".resumable").resolve(id))) {
      assertThat(one.terminate(id)).isEqualTo(new TerminateResumableReply.Locked());
      assertThat(one.resume(new ResumeUploadRequest(id, 2, -1, false)))
          .isEqualTo(new ResumableUploads.Refused(new ResumeUploadReply.Locked()));
    }

    assertThat(status(one, id).offset()).isEqualTo(2);
    assertThat(one.terminate(id)).isEqualTo(new TerminateResumableReply.Terminated());
    assertThat(hidden()).isEmpty();
  }

  /** It has moved the bytes to the path, and has not noted yet that it did. */
  @Test
  void givenAnUploadThatAnotherProcessIsPlacing_whenTerminated_thenItIsLockedAndStays()
      throws IOException {
    String id = wholeWithoutPlace();
    Files.delete(at("a.txt"));
    Files.move(at(".resumable").resolve(id), at("a.txt"));
    try (OtherProcess _ = OtherProcess.thatLocks(at("a.txt"))) {
      assertThat(one.terminate(id)).isEqualTo(new TerminateResumableReply.Locked());
      assertThat(status(one, id).storedPath()).isEqualTo("/a.txt");
    }

    assertThat(one.terminate(id)).isEqualTo(new TerminateResumableReply.Terminated());
    assertThat(hidden()).isEmpty();
    assertThat(at("a.txt")).hasContent("ab");
  }

  /** A JVM that holds the lock of a file. */
  record OtherProcess(Process process) implements AutoCloseable {

    public static void main(String[] file) throws IOException {
      try (FileChannel channel = FileChannel.open(Path.of(file[0]), StandardOpenOption.WRITE)) {
        System.out.println(channel.tryLock() == null ? "refused" : "locked");
        int end = System.in.read();
        System.out.println(end);
      }
    }

    static OtherProcess thatLocks(Path file) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  OtherProcess.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(process.inputReader(UTF_8).readLine()).isEqualTo("locked");
      return new OtherProcess(process);
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      assertThat(process.onExit().join().exitValue()).isZero();
    }
  }
}

package dev.signalbox.file.upload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply.Begun;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.CreateResumableReply.Created;
import dev.signalbox.contracts.file.CreateResumableRequest;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.MoveFileReply.Done;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.contracts.file.ResumableStatusReply.Present;
import dev.signalbox.contracts.file.ResumableUpload;
import dev.signalbox.contracts.file.ResumeUploadReply.Resumed;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.RootDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TotalBytes.Loan;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The quota of all files, by every way that bytes come and go. What entries count beside their
 * bytes is nothing here; {@link TotalEntriesTest} is about that.
 */
class TotalBytesOfUploadsTest {

  private static final int MAX = 1_000;
  private static final int MAX_OVER = 10_000;

  private final UploadLimits limits =
      new UploadLimits(200, 10_000, Duration.ofSeconds(60), 20, 100, Duration.ofDays(1));
  @TempDir Path directory;
  private FileRoot root;
  private TotalBytes total;
  private Uploads uploads;
  private ResumableUploads resumables;
  private FileRemoval removal;
  private FileMoves moves;

  @BeforeEach
  void open() throws IOException {
    root = RootDirectory.prepare(directory.resolve("root"));
    total = new TotalBytes(root, MAX, MAX_OVER, 0, AbandonedUploads.prefix("process"));
    useTotal();
  }

  private void useTotal() throws IOException {
    CountedUploads counted = CountedUploads.of(root, total, limits);
    uploads = counted.uploads();
    resumables = counted.resumables();
    removal = counted.removal();
    moves = counted.moves();
  }

  /** Bytes on the disk that count. */
  private long onDisk() {
    return FileTree.files(root.real()).stream()
        .filter(file -> !file.getFileName().toString().endsWith(".json"))
        .mapToLong(file -> file.toFile().length())
        .sum();
  }

  /** What is free is what the disk says, as long as nothing is under way. */
  private void assertFree(int bytes) throws IOException {
    assertThat(onDisk()).isEqualTo(MAX - bytes);
    total.requireRoom(bytes, new Loan(null));
    assertFull(() -> total.requireRoom(bytes + 1, new Loan(null)));
  }

  private static void assertFull(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class,
            fault -> assertThat(fault.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE))
        .hasMessageContaining("file.max-total-bytes");
  }

  private static Binary bytes(int count) {
    return new Binary("x".repeat(count).getBytes(UTF_8));
  }

  private String begin(String path, long declared) throws IOException {
    return ((Begun) uploads.begin(new BeginUploadRequest(path, Kind.BYTES, declared, null, null)))
        .uploadId();
  }

  private void append(String id, long offset, int count) throws IOException {
    uploads.append(new AppendUploadRequest(id, offset, bytes(count)));
  }

  private void put(String path, int count) throws IOException {
    String id = begin(path, count);
    append(id, 0, count);
    assertThat(uploads.finish(new FinishUploadRequest(id, count))).isInstanceOf(Stored.class);
  }

  private String create(
      @Nullable String path, long length, @Nullable String concat, List<String> parts)
      throws IOException {
    return ((Created)
            resumables.create(
                new CreateResumableRequest(path, length, null, concat, parts, null, null)))
        .upload()
        .id();
  }

  private String resume(String id, long offset, boolean checked) throws IOException {
    return ((Resumed) uploads.resume(new ResumeUploadRequest(id, offset, -1, checked))).uploadId();
  }

  private void patch(String id, long offset, int count) throws IOException {
    String call = resume(id, offset, false);
    append(call, offset, count);
    uploads.finish(new FinishUploadRequest(call, offset + count));
  }

  @Test
  void givenADeclaredLength_whenItIsTooMuch_thenItIsRefusedBeforeItsFirstByte() throws IOException {
    put("/a", 400);

    assertFull(() -> begin("/b", 601));

    assertFree(600);
  }

  @Test
  void givenSilentUploads_whenAnotherSends_thenTheirDeclaredLengthTakesNoRoom() throws IOException {
    begin("/silent", 1_000);

    put("/a", 1_000);

    assertThat(onDisk()).isEqualTo(1_000);
  }

  @Test
  void givenADeclaredLength_whenItsFirstByteIsThere_thenItsWholeIsReserved() throws IOException {
    String id = begin("/a", 900);
    append(id, 0, 1);

    assertFull(() -> begin("/b", 101));

    uploads.abort(id);
    assertFree(1_000);
  }

  @Test
  void givenNoDeclaredLength_whenAPieceIsTooMuch_thenItIsNotWritten() throws IOException {
    String id = begin("/a", -1);
    append(id, 0, 1_000);

    assertFull(() -> append(id, 1_000, 1));

    assertThat(onDisk()).isEqualTo(1_000);
    uploads.abort(id);
    assertFree(1_000);
  }

  @Test
  void givenAFullQuota_whenAFileIsReplaced_thenOneOfItsSizeFitsAndALongerDoesNot()
      throws IOException {
    put("/a", 300);
    put("/b", 700);

    put("/a", 300);
    put("/b", 650);

    assertFull(() -> put("/a", 351));
    put("/a", 350);
    assertFree(0);
  }

  @Test
  void givenFilesDeletedMovedAndCopied_whenDone_thenTheSumIsThatOfTheDisk() throws IOException {
    put("/a", 300);
    put("/b", 200);
    assertThat(moves.move(new MoveFileRequest("/a", "/d/b", true, null, null)))
        .isInstanceOf(Done.class);
    assertThat(moves.move(new MoveFileRequest("/d/b", "/b", true, null, null)))
        .isInstanceOf(Done.class);
    assertFree(700);

    copy("/b", "/c");
    assertFree(400);

    removal.delete(new DeleteFileRequest("/b", null));
    assertFree(700);
  }

  private void copy(String from, String to) throws IOException {
    Uploads.Copying copy =
        (Uploads.Copying) uploads.beginCopy(new MoveFileRequest(from, to, true, null, null));
    while (!uploads.copySlice(copy.uploadId())) {
      // until it is whole
    }
    uploads.finish(new FinishUploadRequest(copy.uploadId(), copy.sizeBytes()));
  }

  @Test
  void givenACopyThatIsTooMuch_whenBegun_thenItIsRefusedAndNothingIsLeft() throws IOException {
    put("/a", 501);

    assertFull(() -> copy("/a", "/b"));

    assertFree(499);
  }

  @Test
  void givenAResumableUpload_whenItsPiecesComeAndGo_thenWhatIsHereCounts() throws IOException {
    put("/a", 400);
    assertFull(() -> create("/b", 601, null, List.of()));
    String id = create("/b", 500, null, List.of());
    patch(id, 0, 200);
    assertFree(400);

    String wrong = resume(id, 200, true);
    append(wrong, 200, 100);
    uploads.abort(wrong);
    assertFree(400);

    patch(id, 200, 300);
    assertFree(100);
    assertThat(Files.size(root.real().resolve("b"))).isEqualTo(500);
  }

  @Test
  void givenAResumableUpload_whenAPieceIsTooMuch_thenItIsRefusedAndWhatCameStays()
      throws IOException {
    String id = create("/a", -1, null, List.of());
    patch(id, 0, 900);
    String call = resume(id, 900, false);

    assertFull(() -> append(call, 900, 101));

    uploads.abort(call);
    assertFree(100);
    resumables.terminate(id);
    assertFree(1_000);
  }

  @Test
  void givenAFullQuota_whenAFileIsReplacedByAResumableUpload_thenOneOfItsSizeFits()
      throws IOException {
    put("/a", 1_000);
    String id = create("/a", 1_000, null, List.of());

    patch(id, 0, 600);
    patch(id, 600, 400);

    assertFree(0);
  }

  @Test
  void givenAnUploadThatReplacesAFile_whenThatIsMovedAwayMeanwhile_thenItIsRefusedAtItsEnd()
      throws IOException {
    put("/a", 400);
    put("/b", 600);
    for (String away : List.of("/c", "/d")) {
      String id = begin("/a", 400);
      append(id, 0, 400);
      moves.move(new MoveFileRequest("/a", away, true, null, null));

      assertFull(() -> uploads.finish(new FinishUploadRequest(id, 400)));

      assertFree(0);
      moves.move(new MoveFileRequest(away, "/a", true, null, null));
    }
  }

  @Test
  void givenATusUploadThatReplacesAFile_whenThatIsMovedAwayBetweenItsCalls_thenItIsRefused()
      throws IOException {
    put("/a", 1_000);
    String id = create("/a", 1_000, null, List.of());
    patch(id, 0, 600);
    moves.move(new MoveFileRequest("/a", "/b", true, null, null));

    assertFull(() -> patch(id, 600, 400));

    resumables.terminate(id);
    assertFree(0);
    assertThat(total.lent()).isZero();
  }

  @Test
  void givenATusUploadThatWasRefusedAtItsEnd_whenThereIsRoom_thenAnEmptyPieceStoresIt()
      throws IOException {
    put("/a", 1_000);
    String id = create("/a", 1_000, null, List.of());
    String call = resume(id, 0, false);
    append(call, 0, 1_000);
    moves.move(new MoveFileRequest("/a", "/b", true, null, null));
    assertFull(() -> uploads.finish(new FinishUploadRequest(call, 1_000)));

    ResumableUpload refused = status(id);
    assertThat(refused.offset()).isEqualTo(1_000);
    assertThat(refused.lengthBytes()).isEqualTo(1_000);
    assertThat(refused.storedPath()).isNull();
    assertFull(() -> patch(id, 1_000, 0));
    assertThat(status(id).offset()).isEqualTo(1_000);
    assertThat(status(id).storedPath()).isNull();

    removal.delete(new DeleteFileRequest("/b", null));
    patch(id, 1_000, 0);

    assertThat(status(id).storedPath()).isEqualTo("/a");
    assertThat(Files.size(root.real().resolve("a"))).isEqualTo(1_000);
    assertThat(total.lent()).isZero();
    assertFree(0);
  }

  private ResumableUpload status(String id) throws IOException {
    return ((Present) resumables.status(id)).upload();
  }

  @Test
  void givenManyUploadsThatReplaceOneFile_whenTheyAreUnderWay_thenItsBytesAreLentOnce()
      throws IOException {
    put("/a", 1_000);
    List<String> begun =
        List.of(begin("/a", -1), begin("/a", -1), begin("/a", -1), begin("/a", -1));
    append(begun.get(0), 0, 600);
    append(begun.get(1), 0, 400);

    assertFull(() -> append(begun.get(2), 0, 1));
    assertFull(() -> append(begun.get(3), 0, 1));

    assertThat(onDisk()).isEqualTo(2_000);
    begun.subList(1, 4).forEach(uploads::abort);
    uploads.finish(new FinishUploadRequest(begun.get(0), 600));
    assertFree(400);
  }

  @Test
  void givenFilesMovedAwayAgainAndAgain_whenTheyAreReplaced_thenNoMoreThanTheBoundIsLent()
      throws IOException {
    int over = 300;
    total = new TotalBytes(root, MAX, over, 0, AbandonedUploads.prefix("process"));
    useTotal();
    put("/0", 200);
    put("/x", 800);
    put("/1", 0);
    for (int i = 0; i < 5; i++) {
      String path = "/" + i;
      try {
        append(begin(path, 200), 0, 200);
      } catch (ServiceException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
      }
      moves.move(new MoveFileRequest(path, "/" + (i + 1), true, null, null));
    }

    assertThat(onDisk()).isLessThanOrEqualTo(MAX + over);
    uploads.abortAll();
    assertThat(total.lent()).isZero();
    assertFree(0);
  }

  private static CreateResumableRequest creation(
      String path, long length, @Nullable String metadata, @Nullable String ifNoneMatch) {
    return new CreateResumableRequest(path, length, metadata, null, List.of(), null, ifNoneMatch);
  }

  /** Creations that are refused when a file /d/a of 400 bytes is there. */
  private static Stream<CreateResumableRequest> refused() {
    return Stream.of(
        creation("/n", 601, null, null),
        creation("/n", 10_001, null, null),
        creation("/../n", 1, null, null),
        creation("/.n", 1, null, null),
        creation("/d", 0, null, null),
        creation("/d/a/n", 0, null, null),
        creation("/d/a", 0, null, "*"),
        creation("/n", 1, "\n", null),
        new CreateResumableRequest("/n", -1, null, "final;x", List.of("0".repeat(32)), null, null));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void givenACreationThatIsRefused_whenItHasEnded_thenNothingIsLeft(CreateResumableRequest request)
      throws IOException {
    put("/d/a", 400);

    Object reply;
    try {
      reply = resumables.create(request);
    } catch (ServiceException e) {
      reply = e;
    }

    assertThat(reply).isNotInstanceOf(Created.class);
    assertFree(600);
    assertThat(FileTree.files(root.real()))
        .noneMatch(file -> file.getParent().endsWith(TotalBytes.RESUMABLE));
  }

  @Test
  void givenPartsWhoseTargetIsAFolder_whenConcatenated_thenOnlyThePartsAreLeft()
      throws IOException {
    put("/d/a", 100);
    String part = create(null, 200, "partial", List.of());
    patch(part, 0, 200);

    assertThatThrownBy(() -> create("/d", -1, "final;x", List.of(part, part)))
        .isInstanceOf(ServiceException.class);

    assertFree(700);
    resumables.terminate(part);
    assertFree(900);
  }

  @Test
  void givenParts_whenTheirWholeIsTooMuch_thenItIsRefusedAndThePartsStay() throws IOException {
    String part = create(null, 400, "partial", List.of());
    patch(part, 0, 400);

    assertFull(() -> create("/a", -1, "final;x", List.of(part, part)));
    assertFree(600);

    create("/a", -1, "final;x", List.of(part));
    assertFree(200);
  }

  @Test
  void givenAHundredSendersAtOnce_whenTheyRaceForTheRoom_thenTheyNeverGoOver() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong stored = new AtomicLong();
    Queue<String> unfinished = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> walks =
          threads.submit(() -> {
            while (!over.get()) {
              total.count(() -> false);
            }
            return null;
          });
      List<Callable<Boolean>> senders =
          IntStream.range(0, 100)
              .<Callable<Boolean>>mapToObj(i -> () -> send(i, stored, unfinished))
              .toList();
      for (Future<Boolean> sent : threads.invokeAll(senders)) {
        sent.get();
      }
      over.set(true);
      walks.get();
    }

    // Nothing was removed yet, so there never was more than now.
    assertThat(onDisk()).isLessThanOrEqualTo(MAX);
    assertThat(stored.get()).isPositive();
    unfinished.forEach(uploads::abort);
    assertFree((int) (MAX - stored.get()));
  }

  /** With and without a declared length; every seventh stops in the middle. */
  private boolean send(int i, AtomicLong stored, Queue<String> unfinished) throws IOException {
    int size = 50 + i % 40;
    try {
      String id = begin("/f" + i, i % 3 == 0 ? -1 : size);
      unfinished.add(id);
      append(id, 0, size / 2);
      if (i % 7 == 0) {
        return false;
      }
      append(id, size / 2, size - size / 2);
      uploads.finish(new FinishUploadRequest(id, size));
      stored.addAndGet(size);
      return true;
    } catch (ServiceException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
      return false;
    }
  }
}

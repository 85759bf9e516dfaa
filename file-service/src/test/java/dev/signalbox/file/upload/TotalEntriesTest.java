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
import dev.signalbox.contracts.file.DeleteFileReply.Deleted;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.MoveFileReply.Done;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.contracts.file.ResumeUploadReply.Resumed;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.RootDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TotalBytes.Loan;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The quota of all files counts names too: a file without bytes, and each directory. */
class TotalEntriesTest {

  private static final int ENTRY = TotalBytes.ENTRY_BYTES;

  /** Entries that the quota has room for; the directory of uploads is one of them. */
  private static final int ENTRIES = 100;

  private final UploadLimits limits =
      new UploadLimits(200, 10_000, Duration.ofSeconds(60), 20, 100, Duration.ofDays(1));
  @TempDir Path directory;
  private FileRoot root;
  private TotalBytes total;
  private CountedUploads counted;

  @BeforeEach
  void open() throws IOException {
    root = RootDirectory.prepare(directory.resolve("root"));
    total = total();
    counted = CountedUploads.of(root, total, limits);
  }

  private TotalBytes total() {
    return new TotalBytes(
        root,
        (long) ENTRIES * ENTRY,
        limits.maxBytes() + ENTRY,
        ENTRY,
        AbandonedUploads.prefix("process"));
  }

  /** What a service that starts now would count. */
  private long freshCount() throws IOException {
    TotalBytes fresh = total();
    fresh.count(() -> false);
    return fresh.used();
  }

  private List<Path> entries() {
    List<Path> all = new ArrayList<>(FileTree.directories(root.real()));
    all.addAll(FileTree.files(root.real()));
    all.removeIf(entry -> root.real().relativize(entry).toString().startsWith("."));
    return all.stream().sorted().toList();
  }

  private static void assertFull(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class,
            fault -> assertThat(fault.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE))
        .hasMessageContaining("file.max-total-bytes");
  }

  private String begin(String path, Kind kind, @Nullable String ifMatch, int bytes)
      throws IOException {
    String id =
        ((Begun) counted.uploads().begin(new BeginUploadRequest(path, kind, -1, ifMatch, null)))
            .uploadId();
    append(id, bytes);
    return id;
  }

  private void append(String id, int bytes) throws IOException {
    if (bytes > 0) {
      counted
          .uploads()
          .append(new AppendUploadRequest(id, 0, new Binary("x".repeat(bytes).getBytes(UTF_8))));
    }
  }

  private FinishUploadReply finish(String id, int bytes) throws IOException {
    return counted.uploads().finish(new FinishUploadRequest(id, bytes));
  }

  private void put(String path, int bytes) throws IOException {
    assertThat(finish(begin(path, Kind.BYTES, null, bytes), bytes)).isInstanceOf(Stored.class);
  }

  private void delete(String path) throws IOException {
    assertThat(counted.removal().delete(new DeleteFileRequest(path, null)))
        .isInstanceOf(Deleted.class);
  }

  private void move(String from, String to) throws IOException {
    assertThat(counted.moves().move(new MoveFileRequest(from, to, true, null, null)))
        .isInstanceOf(Done.class);
  }

  /** So many names below each other, the last that of a file. */
  private static String deep(String first, int names) {
    return "/" + first + "/n".repeat(names - 1);
  }

  private void fill() throws IOException {
    put(deep("full", ENTRIES - 1), 0);
  }

  @Test
  void givenUploadsOfNothingInDeepPaths_whenSentAgainAndAgain_thenTheQuotaBoundsTheEntries()
      throws IOException {
    int stored = 0;
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      try {
        put(deep("a" + i, 7), 0);
        stored++;
      } catch (ServiceException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
        refused++;
      }
    }

    assertThat(stored).isEqualTo((ENTRIES - 1) / 7);
    assertThat(refused).isEqualTo(100 - stored);
    assertThat(entries()).hasSize(1 + 7 * stored);
    assertThat(total.used()).isEqualTo((long) ENTRY * entries().size()).isEqualTo(freshCount());
  }

  @Test
  void givenAFullQuota_whenAFileOfNothingIsSent_thenItIsRefusedBeforeItBegins() throws IOException {
    fill();

    assertFull(() -> begin("/a", Kind.BYTES, null, 0));
    assertFull(() -> create("/a", 0));
    assertThat(freshCount()).isEqualTo(total.used());
  }

  @Test
  void givenWaitingUploads_whenTheQuotaFillsMeanwhile_thenThoseOfNothingAreRefusedAtTheirEnd()
      throws IOException {
    String waiting = begin("/a", Kind.BYTES, null, 0);
    fill();

    assertFull(() -> finish(waiting, 0));

    assertThat(root.real().resolve("a")).doesNotExist();
    assertThat(total.used()).isEqualTo(freshCount());
  }

  @Test
  void givenAFullQuota_whenAFileIsReplaced_thenOneOfItsSizeFits() throws IOException {
    put("/a", 10);
    put(deep("full", ENTRIES - 3), ENTRY - 10);

    put("/a", 10);
    patch(((Created) create("/a", 10)).upload().id(), 10);
    assertFull(() -> put("/a", 11));

    assertThat(total.used()).isEqualTo((long) ENTRIES * ENTRY).isEqualTo(freshCount());
  }

  @Test
  void givenAFullQuota_whenTheLastFileOfATreeIsDeleted_thenItsDirectoriesAreRoomAgain()
      throws IOException {
    fill();

    delete(deep("full", ENTRIES - 1));

    assertThat(total.used()).isEqualTo(ENTRY).isEqualTo(freshCount());
    put(deep("other", ENTRIES - 1), 0);
  }

  @Test
  void givenAFileInATree_whenMovedIntoAnother_thenTheDirectoriesOfBothAreCounted()
      throws IOException {
    put(deep("a", 5), 3);

    move(deep("a", 5), deep("b", 9));

    assertThat(entries()).hasSize(1 + 9);
    assertThat(total.used()).isEqualTo(10L * ENTRY + 3).isEqualTo(freshCount());
    assertFull(() -> move(deep("b", 9), deep("c", ENTRIES - 9)));
    assertThat(entries()).hasSize(1 + 9);
    assertThat(total.used()).isEqualTo(freshCount());
  }

  /** Uploads into directories that are not there yet, which do not get there. */
  enum Failure {
    ABORTED,
    CUT_OFF,
    NO_JSON,
    CONDITION,
    NO_ROOM,
    BELOW_A_FILE,
    COPY_CONDITION,
    TUS_CONDITION,
    TUS_TERMINATED
  }

  @ParameterizedTest
  @EnumSource
  void givenAnUploadIntoNewDirectories_whenItFails_thenNoneOfThemIsLeft(Failure failure)
      throws IOException {
    put("/source", 5);
    List<Path> before = entries();

    try {
      fail(failure);
    } catch (ServiceException e) {
      assertThat(e.code()).isIn(ErrorCode.INSUFFICIENT_STORAGE, ErrorCode.CONFLICT);
    }

    assertThat(entries()).isEqualTo(before);
    assertThat(total.used()).isEqualTo(2L * ENTRY + 5).isEqualTo(freshCount());
  }

  private void fail(Failure failure) throws IOException {
    String path = deep("d", 5);
    Uploads uploads = counted.uploads();
    switch (failure) {
      case ABORTED -> uploads.abort(begin(path, Kind.BYTES, null, 5));
      case CUT_OFF -> finish(begin(path, Kind.BYTES, null, 5), 6);
      case NO_JSON -> finish(begin(path, Kind.JSON, null, 5), 5);
      case CONDITION -> {
        put(path, 1);
        String id = begin(path, Kind.BYTES, "*", 5);
        delete(path);
        assertThat(finish(id, 5)).isInstanceOf(FinishUploadReply.ConditionFailed.class);
        // The hidden file kept its directory, which only a deletion removes.
        put(path, 1);
        delete(path);
      }
      case NO_ROOM -> finish(begin(deep("d", ENTRIES - 1), Kind.BYTES, null, 5), 5);
      case BELOW_A_FILE -> finish(begin("/source/d/e", Kind.BYTES, null, 5), 5);
      case COPY_CONDITION -> {
        String id =
            ((Uploads.Copying)
                    uploads.beginCopy(new MoveFileRequest("/source", path, true, null, null)))
                .uploadId();
        uploads.copySlice(id);
        uploads.abort(id);
      }
      case TUS_CONDITION -> {
        put(path, 1);
        String id =
            ((Created)
                    counted
                        .resumables()
                        .create(
                            new CreateResumableRequest(path, 5, null, null, List.of(), "*", null)))
                .upload()
                .id();
        delete(path);
        patch(id, 5);
      }
      case TUS_TERMINATED -> {
        String id = ((Created) create(path, 5)).upload().id();
        assertThat(total.used()).isEqualTo(3L * ENTRY + 5).isEqualTo(freshCount());
        counted.resumables().terminate(id);
      }
    }
  }

  private Object create(String path, int bytes) throws IOException {
    return counted
        .resumables()
        .create(new CreateResumableRequest(path, bytes, null, null, List.of(), null, null));
  }

  private FinishUploadReply patch(String id, int bytes) throws IOException {
    String call =
        ((Resumed) counted.uploads().resume(new ResumeUploadRequest(id, 0, -1, false))).uploadId();
    append(call, bytes);
    return finish(call, bytes);
  }

  @Test
  void givenTusUploadsOfNothing_whenCreated_thenEachCounts() throws IOException {
    for (int i = 0; i < 5; i++) {
      create("/t" + i, 5);
    }

    assertThat(total.used()).isEqualTo(6L * ENTRY).isEqualTo(freshCount());
  }

  @Test
  void givenUploadsThatWait_whenTheySendNothing_thenTheyKeepNoRoomFromOthers() throws IOException {
    IntStream.range(0, 150)
        .forEach(i -> {
          try {
            begin("/w" + i, Kind.BYTES, null, 0);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });

    fill();

    assertThat(total.used()).isEqualTo((long) ENTRIES * ENTRY);
    assertFull(() -> total.requireRoom(1, new Loan(null)));
    assertThat(Files.exists(root.real().resolve("full"))).isTrue();
  }
}

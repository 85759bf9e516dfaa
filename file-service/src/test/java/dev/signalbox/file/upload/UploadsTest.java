package dev.signalbox.file.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply;
import dev.signalbox.contracts.file.BeginUploadReply.Begun;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadReply.ConditionFailed;
import dev.signalbox.contracts.file.FinishUploadReply.Rejected;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.Clockwork;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.RootDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadsTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-04T12:05:06Z"), ZoneOffset.UTC);

  private final Clockwork clock = new Clockwork();
  private final UploadLimits limits =
      new UploadLimits(5, 1_000, Duration.ofSeconds(60), 20, 100, Duration.ofDays(1));
  @TempDir Path directory;
  private Path served;
  private FileRoot root;
  private Uploads uploads;

  @BeforeEach
  void open() throws IOException {
    served = directory.resolve("root");
    root = RootDirectory.prepare(served);
    uploads = uploads(RandomGenerator.getDefault());
  }

  private Uploads uploads(RandomGenerator random) {
    TotalBytes total = new TotalBytes(root, 0, 0, 0, "");
    UploadCommit commit = new UploadCommit(root, new ChangeLock(root), total, limits, NOON, random);
    ResumableUploads resumables = new ResumableUploads(root, commit, limits, total, NOON, _ -> {});
    return new Uploads(root, commit, resumables, limits, total, "process", "node-1", clock);
  }

  @AfterEach
  void close() {
    uploads.abortAll();
  }

  private static BeginUploadRequest request(@Nullable String path, Kind kind) {
    return new BeginUploadRequest(path, kind, -1, null, null);
  }

  private static BeginUploadRequest put(
      String path, @Nullable String ifMatch, @Nullable String ifNoneMatch) {
    return new BeginUploadRequest(path, Kind.BYTES, -1, ifMatch, ifNoneMatch);
  }

  private String begin(BeginUploadRequest request) throws IOException {
    BeginUploadReply reply = uploads.begin(request);
    assertThat(reply).isInstanceOf(Begun.class);
    return ((Begun) reply).uploadId();
  }

  private void append(String id, long offset, String text) throws IOException {
    uploads.append(
        new AppendUploadRequest(id, offset, new Binary(text.getBytes(StandardCharsets.UTF_8))));
  }

  private FinishUploadReply upload(BeginUploadRequest request, String text) throws IOException {
    String id = begin(request);
    if (!text.isEmpty()) {
      append(id, 0, text);
    }
    return uploads.finish(
        new FinishUploadRequest(id, text.getBytes(StandardCharsets.UTF_8).length));
  }

  private List<String> hidden() {
    return FileTree.files(served).stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.startsWith(".upload-"))
        .toList();
  }

  private static void assertFault(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class, fault -> assertThat(fault.code()).isEqualTo(code));
  }

  @Test
  void givenNoName_whenUploaded_thenItGetsOneWithTheSecondInUtc() throws IOException {
    Stored stored = (Stored) upload(request(null, Kind.JSON), "{\"a\":1}");

    assertThat(stored.created()).isTrue();
    assertThat(stored.file().path()).matches("/uploads/upload_20260304_120506_[0-9a-z]{4}\\.json");
    assertThat(served.resolve(stored.file().path().substring(1))).hasContent("{\"a\":1}");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenKinds_whenUploadedWithoutAName_thenTheEndingSaysWhichItIs() throws IOException {
    assertThat(((Stored) upload(request(null, Kind.TEXT), "a=b")).file().path()).endsWith(".txt");
    assertThat(((Stored) upload(request(null, Kind.BYTES), "x")).file().path()).endsWith(".bin");
  }

  @Test
  void givenANameThatIsTaken_whenUploaded_thenItGetsAnother() throws IOException {
    // The same four letters twice, then others.
    int[] letters = {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2};
    RandomGenerator repeating =
        new RandomGenerator() {
          private int at;

          @Override
          public long nextLong() {
            return 0;
          }

          @Override
          public int nextInt(int bound) {
            return letters[at++];
          }
        };
    uploads = uploads(repeating);

    Stored first = (Stored) upload(request(null, Kind.TEXT), "first");
    Stored second = (Stored) upload(request(null, Kind.TEXT), "second");

    assertThat(first.file().path()).endsWith("_1111.txt");
    assertThat(second.file().path()).endsWith("_2222.txt");
    assertThat(served.resolve(first.file().path().substring(1))).hasContent("first");
  }

  @Test
  void givenALinkToAHigherDirectory_whenUploadedThroughIt_thenTheFileIsWhereTheLinkLeads()
      throws IOException {
    Files.createDirectories(served.resolve("x/y"));
    Files.createDirectories(served.resolve("d"));
    Files.createSymbolicLink(served.resolve("x/y/link"), served.resolve("d"));

    upload(put("/x/y/link/a", null, null), "text");
    upload(put("/x/y/link/new/b", null, null), "text");

    assertThat(served.resolve("d/a")).hasContent("text");
    assertThat(served.resolve("d/new/b")).hasContent("text");
  }

  @Test
  void givenAnUploadUnderWay_whenLookedAt_thenNothingIsVisibleYet() throws IOException {
    String id = begin(put("/a/b.txt", null, null));
    append(id, 0, "half");

    assertThat(served.resolve("a")).doesNotExist();
    assertThat(hidden()).hasSize(1);
    assertThat(uploads.finish(new FinishUploadRequest(id, 4))).isInstanceOf(Stored.class);
    assertThat(served.resolve("a/b.txt")).hasContent("half");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenPieces_whenRepeatedOrOutOfOrder_thenRepeatsAreFineAndGapsAreNot() throws IOException {
    String id = begin(put("/a", null, null));
    append(id, 0, "one");
    append(id, 0, "one");
    append(id, 3, "two");

    assertFault(ErrorCode.CONFLICT, () -> append(id, 7, "gap"));
    assertFault(ErrorCode.CONFLICT, () -> append(id, 4, "overlap"));
    assertFault(ErrorCode.CONFLICT, () -> append(id, -1, "before"));
    assertThat(uploads.finish(new FinishUploadRequest(id, 6))).isInstanceOf(Stored.class);
    assertThat(served.resolve("a")).hasContent("onetwo");
  }

  @Test
  void givenAnotherLengthThanSent_whenFinished_thenItIsRejectedAndNothingIsLeft()
      throws IOException {
    String id = begin(put("/a", null, null));
    append(id, 0, "one");

    assertThat(uploads.finish(new FinishUploadRequest(id, 4))).isInstanceOf(Rejected.class);
    assertThat(served.resolve("a")).doesNotExist();
    assertThat(hidden()).isEmpty();
    assertFault(ErrorCode.NOT_FOUND, () -> append(id, 3, "x"));
  }

  @Test
  void givenBadJsonOrNothing_whenFinished_thenItIsRejectedAndNothingIsLeft() throws IOException {
    assertThat(upload(request(null, Kind.JSON), "{\"a\":")).isInstanceOf(Rejected.class);
    assertThat(upload(request(null, Kind.JSON), "")).isInstanceOf(Rejected.class);
    assertThat(upload(request(null, Kind.TEXT), "")).isInstanceOf(Rejected.class);
    assertThat(upload(request(null, Kind.BYTES), "")).isInstanceOf(Rejected.class);
    assertThat(served.resolve("uploads")).isEmptyDirectory();
  }

  @Test
  void givenAName_whenAnEmptyFileIsPut_thenItIsStored() throws IOException {
    assertThat(upload(put("/empty", null, null), "")).isInstanceOf(Stored.class);
    assertThat(served.resolve("empty")).isEmptyFile();
  }

  @Test
  void givenMoreThanAllowed_whenDeclaredOrSent_thenItIsTooLarge() throws IOException {
    assertFault(
        ErrorCode.TOO_LARGE,
        () -> uploads.begin(new BeginUploadRequest("/a", Kind.BYTES, 1_001, null, null)));
    String id = begin(put("/a", null, null));
    append(id, 0, "x".repeat(1_000));
    assertFault(ErrorCode.TOO_LARGE, () -> append(id, 1_000, "x"));
    assertFault(
        ErrorCode.INVALID_REQUEST, () -> append(id, 1_000, "x".repeat(Uploads.MAX_PIECE + 1)));
  }

  @Test
  void givenAsManyAsAllowed_whenAnotherHasItsFirstBytes_thenItIsRefusedUntilAPlaceIsFree()
      throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String id = begin(put("/f" + i, null, null));
      append(id, 0, "x");
      ids.add(id);
    }

    String refused = begin(put("/f6", null, null));
    assertFault(ErrorCode.OVERLOADED, () -> append(refused, 0, "x"));
    uploads.abort(ids.get(0));
    String sixth = begin(put("/f6", null, null));
    append(sixth, 0, "x");
    String seventh = begin(put("/f7", null, null));
    assertFault(ErrorCode.OVERLOADED, () -> append(seventh, 0, "x"));
    uploads.finish(new FinishUploadRequest(sixth, 1));
    append(begin(put("/f7", null, null)), 0, "x");
    uploads.abort(ids.get(1));
    uploads.abort(ids.get(1));
    assertThat(uploads.count()).isEqualTo(4);
  }

  @Test
  void givenUploadsWithoutBytes_whenAnotherHasSome_thenTheyHoldNoPlace() throws IOException {
    for (int i = 0; i < 100; i++) {
      begin(put("/silent" + i, null, null));
    }
    for (int i = 0; i < 5; i++) {
      append(begin(put("/f" + i, null, null)), 0, "x");
    }
    String sixth = begin(put("/f6", null, null));
    assertFault(ErrorCode.OVERLOADED, () -> append(sixth, 0, "x"));
  }

  @Test
  void givenUploadsWithoutBytes_whenThereAreTooMany_thenNoMoreBegin() throws IOException {
    for (int i = 0; i < 517; i++) {
      begin(put("/silent" + i, null, null));
    }

    assertFault(ErrorCode.OVERLOADED, () -> uploads.begin(put("/more", null, null)));
    uploads.abortAll();
    begin(put("/more", null, null));
  }

  @Test
  void givenAnUploadNobodyContinues_whenItsTimeIsUp_thenItIsGoneAndItsPlaceFree()
      throws IOException {
    String idle = begin(put("/idle", null, null));
    String busy = begin(put("/busy", null, null));
    clock.goOn(Duration.ofSeconds(40));
    append(busy, 0, "x");
    clock.goOn(Duration.ofSeconds(40));

    uploads.abortIdle();

    assertThat(uploads.count()).isEqualTo(1);
    assertThat(hidden()).hasSize(1);
    assertFault(ErrorCode.NOT_FOUND, () -> append(idle, 0, "x"));
    assertThat(uploads.finish(new FinishUploadRequest(busy, 1))).isInstanceOf(Stored.class);
  }

  @Test
  void givenASlowClient_whenItsUploadIsSaidToGoOn_thenItIsKeptAndTakesNoPlace() throws IOException {
    String slow = begin(put("/slow", null, null));
    for (int i = 0; i < 10; i++) {
      clock.goOn(Duration.ofSeconds(40));
      append(slow, 0, "");
      uploads.abortIdle();
    }
    for (int i = 0; i < 5; i++) {
      append(begin(put("/f" + i, null, null)), 0, "x");
    }

    assertFault(ErrorCode.OVERLOADED, () -> append(slow, 0, "x"));
  }

  @Test
  void givenAPieceThatCameFirst_whenItIsSaidLateThatTheUploadGoesOn_thenItDoes()
      throws IOException {
    String id = begin(put("/a", null, null));
    append(id, 0, "one");

    append(id, 0, "");

    append(id, 3, "two");
    assertThat(uploads.finish(new FinishUploadRequest(id, 6))).isInstanceOf(Stored.class);
  }

  @Test
  void givenCreateOnly_whenTheFileExists_thenTheConditionFailsAtOnce() throws IOException {
    upload(put("/a", null, "*"), "one");

    assertThat(uploads.begin(put("/a", null, "*")))
        .isEqualTo(new BeginUploadReply.ConditionFailed());
    assertThat(served.resolve("a")).hasContent("one");
  }

  @Test
  void givenCreateOnly_whenTheFileAppearsMeanwhile_thenTheConditionFailsAtTheEnd()
      throws IOException {
    String id = begin(put("/a", null, "*"));
    append(id, 0, "two");
    upload(put("/a", null, null), "one");

    assertThat(uploads.finish(new FinishUploadRequest(id, 3))).isEqualTo(new ConditionFailed());
    assertThat(served.resolve("a")).hasContent("one");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenATag_whenTheFileHasIt_thenItIsReplacedAndOtherwiseNot() throws IOException {
    Stored first = (Stored) upload(put("/a", null, null), "one");
    String tag = first.file().etag();

    assertThat(uploads.begin(put("/a", "\"other\"", null)))
        .isEqualTo(new BeginUploadReply.ConditionFailed());
    assertThat(uploads.begin(put("/none", "*", null)))
        .isEqualTo(new BeginUploadReply.ConditionFailed());
    Stored second = (Stored) upload(put("/a", tag, null), "two");
    assertThat(second.created()).isFalse();
    assertThat(second.file().etag()).isNotEqualTo(tag);
    assertThat(uploads.begin(put("/a", tag, null)))
        .isEqualTo(new BeginUploadReply.ConditionFailed());
  }

  @Test
  void givenManyAtOnceForOneTag_whenFinished_thenExactlyOneWins() throws Exception {
    String tag = ((Stored) upload(put("/a", null, null), "0")).file().etag();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String id = begin(put("/a", tag, null));
      append(id, 0, "x");
      ids.add(id);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      List<Callable<FinishUploadReply>> calls =
          ids.stream()
              .<Callable<FinishUploadReply>>map(
                  id -> () -> uploads.finish(new FinishUploadRequest(id, 1)))
              .toList();
      int won = 0;
      for (Future<FinishUploadReply> reply : threads.invokeAll(calls)) {
        won += reply.get() instanceof Stored ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    }
  }

  @Test
  void givenPathsThatMayNotBeWritten_whenBegun_thenEachIsRefused() throws IOException {
    Files.createSymbolicLink(served.resolve("out"), directory);
    Files.createDirectory(served.resolve("dir"));
    Files.writeString(served.resolve("file"), "x");

    assertThat(uploads.begin(put("/../a", null, null)))
        .isInstanceOf(BeginUploadReply.Forbidden.class);
    assertThat(uploads.begin(put("/.hidden", null, null)))
        .isInstanceOf(BeginUploadReply.Forbidden.class);
    assertThat(uploads.begin(put("/out/a", null, null)))
        .isInstanceOf(BeginUploadReply.Forbidden.class);
    assertThat(uploads.begin(put("/a\\.b", null, null)))
        .isInstanceOf(BeginUploadReply.Forbidden.class);
    assertFault(ErrorCode.INVALID_REQUEST, () -> uploads.begin(put("/dir/", null, null)));
    assertFault(ErrorCode.INVALID_REQUEST, () -> uploads.begin(put("/", null, null)));
    assertFault(ErrorCode.INVALID_REQUEST, () -> uploads.begin(put("/a\nb", null, null)));
    assertFault(
        ErrorCode.INVALID_REQUEST, () -> uploads.begin(put("/" + "n".repeat(300), null, null)));
    assertFault(ErrorCode.CONFLICT, () -> uploads.begin(put("/file/a", null, null)));
    assertFault(ErrorCode.CONFLICT, () -> upload(put("/dir", null, null), "x"));
    assertThat(uploads.count()).isZero();
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenADirectoryExchangedForALinkMeanwhile_whenFinished_thenNothingIsWrittenOutside()
      throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    String id = begin(put("/a/b", null, null));
    append(id, 0, "x");
    Files.createSymbolicLink(served.resolve("a"), outside);

    assertThatThrownBy(() -> uploads.finish(new FinishUploadRequest(id, 1)))
        .isInstanceOf(ServiceException.class);
    assertThat(outside).isEmptyDirectory();
    assertThat(hidden()).isEmpty();
    assertThat(uploads.count()).isZero();
  }

  @Test
  void givenALinkInPlaceOfTheFile_whenPut_thenItIsNotReplaced() throws IOException {
    Path outside = Files.writeString(directory.resolve("outside"), "safe");
    Files.createSymbolicLink(served.resolve("link"), outside);

    assertFault(ErrorCode.CONFLICT, () -> upload(put("/link", null, null), "x"));
    assertThat(outside).hasContent("safe");
    assertThat(served.resolve("link")).isSymbolicLink();
  }

  @Test
  void givenTheUploadsDirectoryRemoved_whenUploaded_thenItIsMadeAgain() throws IOException {
    Files.delete(served.resolve("uploads"));

    assertThat(upload(request(null, Kind.TEXT), "x")).isInstanceOf(Stored.class);
  }

  @Test
  void givenAPathTooDeep_whenBegun_thenTheRuleIsNamedAndTheDiskIsNotTouched() {
    assertThatThrownBy(() -> uploads.begin(put("/a".repeat(129), null, null)))
        .isInstanceOfSatisfying(
            ServiceException.class,
            fault -> {
              assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(fault.problems().toString()).contains("at most 128 names");
            });
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenAPathOfTheGreatestDepth_whenUploaded_thenItIsStoredAndItsDirectoriesAreMade()
      throws IOException {
    String path = "/a".repeat(128);

    assertThat(upload(put(path, null, null), "x")).isInstanceOf(Stored.class);
    assertThat(upload(put("/a".repeat(60) + "/b/c", null, null), "y")).isInstanceOf(Stored.class);

    assertThat(served.resolve(path.substring(1))).hasContent("x");
  }

  @Test
  void givenAFileOnTheWay_whenBegunFarBelowIt_thenItIsAConflict() throws IOException {
    upload(put("/a/b", null, null), "x");

    assertFault(ErrorCode.CONFLICT, () -> uploads.begin(put("/a/b/c/d/e/f/g/h", null, null)));
  }

  @Test
  void givenALinkOutOnTheWay_whenBegunFarBelowIt_thenNothingIsWritten() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.createSymbolicLink(served.resolve("up"), outside);

    assertFault(ErrorCode.CONFLICT, () -> uploads.begin(put("/up/c/d/e", null, null)));

    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void givenDeletionsThatEmptyDirectories_whenUploadsGoIntoThem_thenEveryUploadSucceeds()
      throws Exception {
    FileRemoval removal =
        new FileRemoval(root, new ChangeLock(root), new TotalBytes(root, 0, 0, 0, ""));
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<?>> deleting = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        deleting.add(
            threads.submit(() -> {
              while (!over.get()) {
                removal.delete(new DeleteFileRequest("/x/y/z/file", null));
              }
              return null;
            }));
      }
      try {
        for (int i = 0; i < 200; i++) {
          // Created by a link every second time, where the file of the round before may be in the
          // way.
          if (uploads.begin(put("/x/y/z/file", null, i % 2 == 0 ? "*" : null))
              instanceof Begun(String id, String _, long _)) {
            append(id, 0, "x");
            assertThat(uploads.finish(new FinishUploadRequest(id, 1)))
                .isInstanceOfAny(Stored.class, ConditionFailed.class);
          }
        }
      } finally {
        over.set(true);
      }
      for (Future<?> one : deleting) {
        one.get(30, TimeUnit.SECONDS);
      }
    }
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenACallThatWaitsForAThread_whenTheTimeIsUp_thenItsUploadIsNotIdle() throws IOException {
    String id = begin(put("/a", null, null));
    append(id, 0, "x");
    uploads.onCall(id);
    clock.goOn(Duration.ofSeconds(61));
    uploads.abortIdle();
    assertThat(uploads.count()).isEqualTo(1);

    uploads.onCallEnded(id);
    clock.goOn(Duration.ofSeconds(61));
    uploads.abortIdle();

    assertThat(uploads.count()).isZero();
  }
}

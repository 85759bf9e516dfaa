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
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.MoveFileReply;
import dev.signalbox.contracts.file.MoveFileReply.ConditionFailed;
import dev.signalbox.contracts.file.MoveFileReply.Done;
import dev.signalbox.contracts.file.MoveFileReply.Forbidden;
import dev.signalbox.contracts.file.MoveFileReply.Missing;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.file.tree.FileFinder;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.RootDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TreePath;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Moving and copying, which have the same rules. */
class FileMovesTest {

  private static final int LARGE = 20_000_000;

  private final UploadLimits limits =
      new UploadLimits(5, 1_000, Duration.ofSeconds(60), 20, 100, Duration.ofDays(1));
  @TempDir Path directory;
  private Path served;
  private FileRoot root;
  private Uploads uploads;
  private FileRemoval removal;
  private FileMoves moves;

  enum Action {
    MOVE,
    COPY
  }

  @BeforeEach
  void open() throws IOException {
    served = directory.resolve("root");
    root = RootDirectory.prepare(served);
    TotalBytes total = new TotalBytes(root, 0, 0, 0, "");
    CountedUploads counted = CountedUploads.of(root, total, limits);
    uploads = counted.uploads();
    removal = counted.removal();
    moves = counted.moves();
  }

  private Path write(String path, String content) throws IOException {
    Path file = served.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private MoveFileReply act(Action action, MoveFileRequest request) throws IOException {
    if (action == Action.MOVE) {
      return moves.move(request);
    }
    return switch (uploads.beginCopy(request)) {
      case Uploads.Refused(MoveFileReply reply) -> reply;
      case Uploads.Copying(String id, long bytes) -> {
        while (!uploads.copySlice(id)) {
          // until it is whole
        }
        yield switch (uploads.finish(new FinishUploadRequest(id, bytes))) {
          case FinishUploadReply.Stored(var file, boolean created) -> new Done(file, created);
          case FinishUploadReply.ConditionFailed() -> new ConditionFailed();
          case FinishUploadReply.Kept _, FinishUploadReply.Rejected _ -> throw new AssertionError();
        };
      }
    };
  }

  private MoveFileReply act(Action action, String from, String to) throws IOException {
    return act(action, new MoveFileRequest(from, to, true, null, null));
  }

  private List<String> names() {
    return FileTree.files(served).stream()
        .map(file -> served.relativize(file).toString())
        .filter(name -> !name.equals(".signalbox-lock"))
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void givenANewPath_whenMovedOrCopied_thenDirectoriesAreMade(Action action) throws IOException {
    write("a.txt", "text");

    Done done = (Done) act(action, "/a.txt", "/b/c/d.txt");

    assertThat(done.created()).isTrue();
    assertThat(done.file().path()).isEqualTo("/b/c/d.txt");
    assertThat(served.resolve("b/c/d.txt")).hasContent("text");
    assertThat(names())
        .containsExactlyElementsOf(
            action == Action.MOVE ? List.of("b/c/d.txt") : List.of("a.txt", "b/c/d.txt"));
  }

  @ParameterizedTest
  @EnumSource
  void givenAFileThere_whenMovedOrCopied_thenItIsReplaced(Action action) throws IOException {
    write("a", "new");
    write("b", "old");

    Done done = (Done) act(action, "/a", "/b");

    assertThat(done.created()).isFalse();
    assertThat(served.resolve("b")).hasContent("new");
  }

  @ParameterizedTest
  @EnumSource
  void givenAFileThere_whenItIsNotToBeReplaced_thenNothingChanges(Action action)
      throws IOException {
    write("a", "new");
    write("b", "old");

    assertThat(act(action, new MoveFileRequest("/a", "/b", false, null, null)))
        .isEqualTo(new ConditionFailed());

    assertThat(served.resolve("a")).hasContent("new");
    assertThat(served.resolve("b")).hasContent("old");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "tag, -, true",
        "*, -, true",
        "\"other\", -, false",
        "-, tag, false",
        "-, *, false",
        "-, \"other\", true"
      })
  void givenConditions_whenMovedOrCopied_thenTheyAreOnTheSource(
      @Nullable String match, @Nullable String noneMatch, boolean holds) throws IOException {
    for (Action action : Action.values()) {
      Path file = write("a", "text");
      String tag =
          FileFinder.info(
                  new TreePath(List.of("a"), false),
                  Files.readAttributes(file, BasicFileAttributes.class))
              .etag();

      MoveFileReply reply =
          act(
              action,
              new MoveFileRequest(
                  "/a",
                  "/d/b-" + action,
                  true,
                  "tag".equals(match) ? tag : match,
                  "tag".equals(noneMatch) ? tag : noneMatch));

      assertThat(reply instanceof Done).isEqualTo(holds);
      assertThat(Files.exists(served.resolve("d/b-" + action))).isEqualTo(holds);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/missing, /b, false, MISSING",
    "/missing, /b, true, CONDITION",
    "/d/missing, /b, false, MISSING",
    "/a/below, /b, false, MISSING",
    "/a/, /b, false, MISSING",
    "/a, /a, false, FORBIDDEN",
    "/a, //a, false, FORBIDDEN",
    "/a, /same/a, false, FORBIDDEN",
    "/a, /../b, false, FORBIDDEN",
    "/../a, /b, false, FORBIDDEN",
    "/.hidden, /b, false, FORBIDDEN",
    "/a, /.hidden, false, FORBIDDEN",
    "/a, /d/.resumable/b, false, FORBIDDEN",
    "/a, /out/b, false, FORBIDDEN",
    "/out/secret, /b, false, FORBIDDEN",
    "/a, '', false, FORBIDDEN",
    "/a, b, false, FORBIDDEN",
    "/a, /, false, INVALID",
    "/a, /d/, false, INVALID",
    "/d, /b, false, CONFLICT",
    "/d/, /b, false, CONFLICT",
    "/, /b, false, CONFLICT",
    "/a, /d, false, CONFLICT",
    "/a, /file/b, false, CONFLICT",
    "/a, /link, false, CONFLICT"
  })
  void givenWhatMayNotBe_whenMovedOrCopied_thenNothingChanges(
      String from, String to, boolean match, String outcome) throws IOException {
    write("a", "text");
    write("file", "other");
    write("d/inside", "x");
    Files.writeString(directory.resolve("secret"), "secret");
    Files.createSymbolicLink(served.resolve("out"), directory);
    Files.createSymbolicLink(served.resolve("same"), served);
    Files.createSymbolicLink(served.resolve("link"), served.resolve("file"));
    List<String> before = names();

    for (Action action : Action.values()) {
      assertThat(outcome(action, from, to, match)).as(action.name()).isEqualTo(outcome);
    }

    assertThat(names()).isEqualTo(before);
    assertThat(served.resolve("a")).hasContent("text");
    assertThat(served.resolve("file")).hasContent("other");
  }

  private String outcome(Action action, String from, String to, boolean match) throws IOException {
    try {
      return switch (act(action, new MoveFileRequest(from, to, true, match ? "*" : null, null))) {
        case Done _ -> "DONE";
        case Missing() -> "MISSING";
        case ConditionFailed() -> "CONDITION";
        case Forbidden _ -> "FORBIDDEN";
      };
    } catch (ServiceException e) {
      return e.code() == ErrorCode.INVALID_REQUEST ? "INVALID" : e.code().name();
    }
  }

  @Test
  void givenALinkToAFile_whenMoved_thenItIsRefusedAndWhenCopiedThenItsFileIsCopied()
      throws IOException {
    write("file", "text");
    Files.createSymbolicLink(served.resolve("link"), served.resolve("file"));

    assertThat(act(Action.MOVE, "/link", "/b")).isInstanceOf(Forbidden.class);
    assertThat(act(Action.COPY, "/link", "/b")).isInstanceOf(Done.class);

    assertThat(served.resolve("b")).hasContent("text").isRegularFile();
  }

  @Test
  void givenTwoHardLinksOfOneFile_whenOneIsMovedToTheOther_thenOneNameIsLeft() throws IOException {
    write("a", "text");
    Files.createLink(served.resolve("b"), served.resolve("a"));

    assertThat(act(Action.MOVE, "/a", "/b")).isInstanceOf(Done.class);

    assertThat(names()).containsExactly("b");
  }

  @Test
  void givenTheLastFileOfADirectory_whenMoved_thenTheEmptyDirectoryGoesAsWithADeletion()
      throws IOException {
    write("d/e/a", "text");

    act(Action.MOVE, "/d/e/a", "/b");

    assertThat(served.resolve("d")).doesNotExist();
  }

  @Test
  void givenACompressedSiblingOfTheOldFile_whenAnOlderFileIsMovedThere_thenItIsTheNewerOne()
      throws IOException {
    Path old = write("a", "text");
    FileTime sibling = FileTime.fromMillis(2_000_000);
    Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000));
    Files.setLastModifiedTime(write("b.gz", "of another file"), sibling);

    act(Action.MOVE, "/a", "/b");

    assertThat(Files.getLastModifiedTime(served.resolve("b"))).isGreaterThan(sibling);
  }

  @Test
  void givenNoSiblings_whenMoved_thenTheTimeAndTheTagStay() throws IOException {
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(write("a", "text"), time);

    act(Action.MOVE, "/a", "/b");

    assertThat(Files.getLastModifiedTime(served.resolve("b"))).isEqualTo(time);
  }

  @Test
  void givenALargeFile_whenCopied_thenItIsVisibleOnlyWholeAndCopiedInSlices() throws IOException {
    Files.write(served.resolve("large"), new byte[LARGE]);
    Uploads.Copying copy =
        (Uploads.Copying)
            uploads.beginCopy(new MoveFileRequest("/large", "/copy", true, null, null));

    assertThat(uploads.copySlice(copy.uploadId())).isFalse();

    assertThat(served.resolve("copy")).doesNotExist();
    while (!uploads.copySlice(copy.uploadId())) {
      // until it is whole
    }
    uploads.finish(new FinishUploadRequest(copy.uploadId(), copy.sizeBytes()));
    assertThat(served.resolve("copy")).hasSize(LARGE);
  }

  @Test
  void givenACopyThatIsAborted_whenLookedAt_thenNothingIsLeftAndItsPlaceIsFree()
      throws IOException {
    write("a", "text");
    for (int i = 0; i < 10; i++) {
      Uploads.Copying copy =
          (Uploads.Copying) uploads.beginCopy(new MoveFileRequest("/a", "/copy", true, null, null));
      uploads.abort(copy.uploadId());
    }

    assertThat(names()).containsExactly("a");
    assertThat(uploads.count()).isZero();
  }

  @Test
  void givenAllPlacesForUploadsTaken_whenCopied_thenItIsOverloaded() throws IOException {
    write("a", "text");
    for (int i = 0; i < limits.atOnce(); i++) {
      uploads.beginCopy(new MoveFileRequest("/a", "/copy" + i, true, null, null));
    }

    assertThatThrownBy(() -> act(Action.COPY, "/a", "/one-more"))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
    uploads.abortAll();
    assertThat(act(Action.COPY, "/a", "/one-more")).isInstanceOf(Done.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"changed", "te", "longer than before"})
  void givenASourceThatIsChangedInPlace_whenCopied_thenTheCopyFails(String content)
      throws IOException {
    Path file = write("a", "text");
    Uploads.Copying copy =
        (Uploads.Copying) uploads.beginCopy(new MoveFileRequest("/a", "/b", true, null, null));
    Files.writeString(file, content);

    assertThatThrownBy(
            () -> {
              while (!uploads.copySlice(copy.uploadId())) {
                // until it is whole
              }
            })
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    uploads.abortAll();
    assertThat(names()).containsExactly("a");
  }

  @Test
  void givenASourceThatIsReplaced_whenCopied_thenTheCopyIsTheOldVersionWhole() throws IOException {
    write("a", "old");
    Uploads.Copying copy =
        (Uploads.Copying) uploads.beginCopy(new MoveFileRequest("/a", "/b", true, null, null));
    put("/a", "new one");

    assertThat(uploads.copySlice(copy.uploadId())).isTrue();
    uploads.finish(new FinishUploadRequest(copy.uploadId(), copy.sizeBytes()));

    assertThat(served.resolve("b")).hasContent("old");
  }

  private void put(String path, String text) throws IOException {
    Begun begun = (Begun) uploads.begin(new BeginUploadRequest(path, Kind.BYTES, -1, null, null));
    byte[] bytes = text.getBytes(UTF_8);
    uploads.append(new AppendUploadRequest(begun.uploadId(), 0, new Binary(bytes)));
    uploads.finish(new FinishUploadRequest(begun.uploadId(), bytes.length));
  }

  @Test
  void givenMovesUploadsAndDeletionsOfTheSameNames_whenTheyRace_thenEveryFileIsWhole()
      throws Exception {
    List<String> whole = List.of("a".repeat(900), "b".repeat(700));
    for (int round = 0; round < 20; round++) {
      put("/d/x", whole.get(0));
      List<Callable<Object>> all =
          List.of(
              () -> act(Action.MOVE, "/d/x", "/e/y"),
              () -> act(Action.MOVE, "/e/y", "/d/x"),
              () -> {
                put("/d/x", whole.get(1));
                return "";
              },
              () -> removal.delete(new DeleteFileRequest("/e/y", null)),
              () -> act(Action.COPY, "/d/x", "/d/z"));
      try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
        for (Future<Object> one : threads.invokeAll(all)) {
          one.get();
        }
      }

      for (String name : names()) {
        assertThat(Files.readString(served.resolve(name))).isIn(whole);
      }
      assertThat(names()).isSubsetOf("d/x", "d/z", "e/y");
    }
  }

  @Test
  void givenMovesThereAndBack_whenTheyRace_thenTheFileIsNeverLost() throws Exception {
    put("/d/x", "text");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Object>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String from = i % 2 == 0 ? "/d/x" : "/e/y";
        String to = i % 2 == 0 ? "/e/y" : "/d/x";
        all.add(() -> act(Action.MOVE, from, to));
      }
      for (Future<Object> one : threads.invokeAll(all)) {
        assertThat(one.get()).isInstanceOfAny(Done.class, Missing.class);
      }
    }

    assertThat(names()).hasSize(1);
    assertThat(served.resolve(names().getFirst())).hasContent("text");
  }
}

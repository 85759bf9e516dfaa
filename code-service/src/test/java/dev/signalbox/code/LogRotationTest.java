package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.draft;
import static dev.signalbox.code.Fixture.drafts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The log file rotated, through crashes, other hands and everything else. */
@ExtendWith(VertxExtension.class)
class LogRotationTest {

  /** Room for a header and a few lines. */
  private static final long LIMIT = 500;

  private static final MessageLog.Rotation ALL_KEPT =
      new MessageLog.Rotation(LIMIT, Integer.MAX_VALUE);

  @TempDir Path directory;
  Fixture fixture;
  Database database;
  MessageStore store;

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new Fixture(vertx, Engine.SQLITE, directory);
    database = fixture.database();
    store = new MessageStore(database, InstantSource.system());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Path file() {
    return directory.resolve(MessageLog.FILE_NAME);
  }

  /** What a process does from its start to its stop. */
  private void follow(MessageLog.Rotation rotation) {
    MessageLog log = new MessageLog(fixture.vertx(), file(), store, rotation);
    await(log.follow());
    assertThat(log.lag()).isZero();
    await(log.close());
  }

  private void storeAndFollow(int messages, MessageLog.Rotation rotation) {
    await(store.store(drafts(messages)));
    follow(rotation);
  }

  private List<RotatedFiles.Rotated> rotated() throws IOException {
    return List.copyOf(new RotatedFiles(file()).list());
  }

  /** All files in order. */
  private List<Path> files() throws IOException {
    return Stream.concat(rotated().stream().map(RotatedFiles.Rotated::path), Stream.of(file()))
        .filter(Files::exists)
        .toList();
  }

  private List<Long> ids() throws IOException {
    List<Long> ids = new ArrayList<>();
    for (Path one : files()) {
      for (String line : Files.readAllLines(one)) {
        if (!line.startsWith("#")) {
          ids.add(Long.valueOf(line.substring(0, line.indexOf('\t'))));
        }
      }
    }
    return ids;
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private VerifyMessagesReply.LogFile verify(boolean deletes) {
    ChainVerifier verifier =
        new ChainVerifier(database, ChainVerifier.Slice.USUAL, file(), deletes);
    VerifyMessagesReply reply =
        await(verifier.verify(VerifyMessagesRequest.ALL, Call.within(Duration.ofSeconds(20))));
    assertThat(reply.intact()).as("the chain").isTrue();
    return reply.file();
  }

  private static VerifyMessagesReply.LogFile intact(long lines) {
    return new VerifyMessagesReply.LogFile(true, lines, null, null, 1L);
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  @Test
  void givenMoreThanTheLimit_whenWritten_thenEveryMessageIsInOneFileAndNoneIsTooLong()
      throws Exception {
    storeAndFollow(100, ALL_KEPT);

    assertThat(ids()).isEqualTo(upTo(100));
    assertThat(rotated()).hasSizeGreaterThan(10);
    for (Path one : files()) {
      assertThat(Files.size(one)).isLessThanOrEqualTo(LIMIT);
    }
    assertThat(verify(false)).isEqualTo(intact(100));
  }

  @Test
  void givenARotation_whenTheNewFileIsRead_thenItBeginsWithTheLastMessageOfTheOldOne()
      throws Exception {
    storeAndFollow(20, ALL_KEPT);

    RotatedFiles.Rotated first = rotated().getFirst();
    LogLine.Of last = LogFile.lastLine(first.path());
    assertThat(last).isNotNull();
    assertThat(first.first()).isOne();
    assertThat(last.id()).isEqualTo(first.last());
    assertThat(Files.readAllLines(files().get(1)).getFirst())
        .isEqualTo("# follows message " + first.last() + " " + last.hash());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void givenAFileAtItsLimit_whenALineIsDue_thenItIsRotatedOnlyWhenTheLineDoesNotFit(int room)
      throws Exception {
    storeAndFollow(2, MessageLog.Rotation.NEVER);
    long line = Files.size(file()) / 2;

    storeAndFollow(1, new MessageLog.Rotation(3 * line + room, Integer.MAX_VALUE));

    assertThat(rotated()).hasSize(room < 0 ? 1 : 0);
    assertThat(ids()).isEqualTo(upTo(3));
  }

  @Test
  void givenAMessageLongerThanTheLimit_whenWritten_thenItHasAFileOfItsOwn() throws Exception {
    String longText = "x".repeat(2_000);
    await(store.store(List.of(draft("a"), draft(longText), draft("b"))));

    follow(ALL_KEPT);

    assertThat(rotated().stream().map(RotatedFiles.Rotated::last)).containsExactly(1L, 2L);
    assertThat(ids()).isEqualTo(upTo(3));
    assertThat(verify(false)).isEqualTo(intact(3));
  }

  @Test
  void givenTheFirstMessageLongerThanTheLimit_whenWritten_thenNoEmptyFileIsRotated()
      throws Exception {
    await(store.store(List.of(draft("x".repeat(2_000)), draft("b"))));

    follow(ALL_KEPT);

    assertThat(rotated()).hasSize(1);
    assertThat(verify(false)).isEqualTo(intact(2));
  }

  @Test
  void givenAFileOfBeforeRotation_whenItIsTooLong_thenItIsRotatedAsItIs() throws Exception {
    storeAndFollow(50, MessageLog.Rotation.NEVER);

    storeAndFollow(1, ALL_KEPT);

    assertThat(rotated().stream().map(RotatedFiles.Rotated::last)).containsExactly(50L);
    assertThat(verify(false)).isEqualTo(intact(51));
  }

  /** What may be on the disk after a crash at any step of a rotation. */
  enum Crash {
    BEFORE_THE_RENAME {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.delete(file);
        Files.move(newest, file);
      }
    },
    AFTER_THE_RENAME {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.delete(file);
      }
    },
    AFTER_THE_NEW_FILE {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.writeString(file, "");
      }
    },
    IN_THE_HEADER {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.writeString(file, header.substring(0, header.length() / 2));
      }
    },
    BEFORE_THE_HEADERS_END {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.writeString(file, header);
      }
    },
    HEADER_WAS_NOT_ON_THE_DISK {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.writeString(file, "\u0000".repeat(header.length() + 1));
      }
    },
    AFTER_THE_HEADER {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.writeString(file, header + "\n");
      }
    },
    IN_THE_FIRST_LINE {
      @Override
      void leave(Path file, Path newest, String header, String line) throws IOException {
        Files.writeString(file, header + "\n" + line.substring(0, 10));
      }
    };

    abstract void leave(Path file, Path newest, String header, String line) throws IOException;
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void givenACrashInARotation_whenStartedAgain_thenItIsCompletedWithoutLossOrDoubles(Crash crash)
      throws Exception {
    storeAndFollow(30, ALL_KEPT);
    List<String> before = contents();
    List<String> lines = Files.readAllLines(file());
    crash.leave(file(), rotated().getLast().path(), lines.get(0), lines.get(1));

    follow(ALL_KEPT);

    assertThat(contents()).isEqualTo(before);
    assertThat(verify(false)).isEqualTo(intact(30));
  }

  private List<String> contents() throws IOException {
    List<String> contents = new ArrayList<>();
    for (Path one : files()) {
      contents.add(name(one) + "\n" + Files.readString(one));
    }
    return contents;
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void givenACrashInARotation_whenVerifiedBeforeAStart_thenTheFilesAreBehindOrWhole(Crash crash)
      throws Exception {
    storeAndFollow(30, ALL_KEPT);
    List<String> lines = Files.readAllLines(file());
    crash.leave(file(), rotated().getLast().path(), lines.get(0), lines.get(1));

    VerifyMessagesReply.LogFile found = verify(false);

    // Bytes that a power failure left of a header are of nobody until a start removes them.
    assertThat(found.intact()).isEqualTo(crash != Crash.HEADER_WAS_NOT_ON_THE_DISK);
  }

  @Test
  void givenANameThatIsTaken_whenTheFileIsDue_thenItBecomesLongerAndNothingIsLost()
      throws Exception {
    storeAndFollow(30, MessageLog.Rotation.NEVER);
    MessageLog log = new MessageLog(fixture.vertx(), file(), store, ALL_KEPT);
    await(log.follow());
    Path taken = Files.createDirectory(new RotatedFiles(file()).name(1, 30));
    await(store.store(drafts(10)));

    await(log.follow());

    assertThat(taken).isDirectory();
    assertThat(log.lag()).isZero();
    await(log.close());
    assertThat(Files.readAllLines(file())).hasSize(40);
  }

  @Test
  void givenADirectoryInThePlaceOfTheFile_whenItIsRemoved_thenTheRotationsGoOn() throws Exception {
    storeAndFollow(20, ALL_KEPT);
    Files.delete(file());
    Files.createDirectory(file());
    await(store.store(drafts(20)));
    MessageLog log = new MessageLog(fixture.vertx(), file(), store, ALL_KEPT);
    assertThat(failed(log.follow())).isTrue();

    Files.delete(file());
    await(log.follow());
    await(log.close());

    assertThat(ids()).isEqualTo(upTo(40));
    assertThat(verify(false)).isEqualTo(intact(40));
  }

  @Test
  void givenAFullDiskAfterARename_whenThereIsRoomAgain_thenTheRotationIsCompleted()
      throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "only Linux has a file that is full");
    storeAndFollow(30, ALL_KEPT);
    Files.delete(file());
    Files.createSymbolicLink(file(), Path.of("/dev/full"));
    await(store.store(drafts(10)));
    MessageLog log = new MessageLog(fixture.vertx(), file(), store, ALL_KEPT);

    for (int i = 0; i < 3; i++) {
      assertThat(failed(log.follow())).isTrue();
    }

    Files.delete(file());
    await(log.follow());
    await(log.close());
    assertThat(ids()).isEqualTo(upTo(40));
    assertThat(verify(false)).isEqualTo(intact(40));
  }

  private static boolean failed(Future<?> future) {
    return await(future.transform(result -> Future.succeededFuture(result.failed())));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, Integer.MAX_VALUE})
  void givenRotationsAllTheTime_whenVerifiedMeanwhile_thenTheFilesAreNeverDamaged(int kept)
      throws Exception {
    MessageLog log =
        new MessageLog(fixture.vertx(), file(), store, new MessageLog.Rotation(LIMIT, kept));
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int i = 0; i < 60; i++) {
                  await(store.store(drafts(5)));
                  await(log.follow());
                }
              } catch (RuntimeException e) {
                failure.set(e);
              } finally {
                done.set(true);
              }
            });

    while (!done.get()) {
      assertThat(verify(kept == 2).intact()).isTrue();
    }

    writer.join();
    await(log.close());
    assertThat(failure.get()).isNull();
    assertThat(verify(kept == 2).intact()).isTrue();
  }

  @Test
  void givenTwoReplicasInOneDirectory_whenBothRotate_thenEveryMessageIsThereOnce()
      throws Exception {
    MessageLog one = new MessageLog(fixture.vertx(), file(), store, ALL_KEPT);
    MessageLog two = new MessageLog(fixture.vertx(), file(), store, ALL_KEPT);
    for (int i = 0; i < 20; i++) {
      await(store.store(drafts(3)));
      await((i % 2 == 0 ? one : two).follow());
    }
    await(one.close());
    await(two.close());

    assertThat(ids()).isEqualTo(upTo(60));
    assertThat(verify(false)).isEqualTo(intact(60));
  }

  @Test
  void givenAFileTruncatedByAnother_whenTheNextLineIsWritten_thenItsLinesAreWrittenAnew()
      throws Exception {
    MessageLog log = new MessageLog(fixture.vertx(), file(), store, ALL_KEPT);
    await(store.store(drafts(31)));
    await(log.follow());
    Files.copy(file(), directory.resolve("messages.log.1"));
    Files.newByteChannel(file(), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
        .close();

    await(store.store(drafts(1)));
    await(log.follow());
    await(log.close());

    assertThat(ids()).isEqualTo(upTo(32));
    assertThat(verify(false)).isEqualTo(intact(32));
  }

  @Test
  void givenAFileRenamedByAnother_whenTheNextLineIsWritten_thenANewFileGoesOn() throws Exception {
    MessageLog log = new MessageLog(fixture.vertx(), file(), store, ALL_KEPT);
    await(store.store(drafts(31)));
    await(log.follow());
    Files.move(file(), directory.resolve("messages.log.1"));
    Files.writeString(file(), "");

    await(store.store(drafts(1)));
    await(log.follow());
    await(log.close());

    assertThat(verify(false)).isEqualTo(intact(32));
  }

  @Test
  void givenADatabaseRestoredFromABackup_whenFollowed_thenFilesOfWhatIsGoneAreKeptAside()
      throws Exception {
    storeAndFollow(60, ALL_KEPT);
    long kept = rotated().get(3).last();
    await(
        database.write(session -> {
          session.update("DELETE FROM message WHERE id > ?", kept + 1);
          return session.update(
              "UPDATE message_head SET id = ?, hash = (SELECT hash FROM message WHERE id = ?)",
              kept + 1,
              kept + 1);
        }));
    await(store.store(List.of(draft("another"))));

    follow(ALL_KEPT);

    assertThat(ids()).isEqualTo(upTo(kept + 2));
    assertThat(verify(false)).isEqualTo(intact(kept + 2));
  }

  @Test
  void givenFilesThatAreDeletedWhenOld_whenRotated_thenSoManyAreKeptAndVerifyingSaysWhereTheyBegin()
      throws Exception {
    storeAndFollow(100, new MessageLog.Rotation(LIMIT, 3));

    assertThat(rotated()).hasSize(3);
    long first = rotated().getFirst().first();
    assertThat(first).isGreaterThan(1);
    assertThat(verify(true))
        .isEqualTo(new VerifyMessagesReply.LogFile(true, 101 - first, null, null, first));
  }

  @Test
  void givenOldFilesThatAreMissing_whenNoneIsEverDeleted_thenVerifyingNamesTheFirstThere()
      throws Exception {
    storeAndFollow(60, ALL_KEPT);
    Files.delete(rotated().getFirst().path());

    assertThat(verify(false))
        .isEqualTo(
            new VerifyMessagesReply.LogFile(false, 0, 1L, name(rotated().getFirst().path()), null));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenAFileMissingInTheMiddle_whenVerified_thenTheNextIsNamed(boolean deletes)
      throws Exception {
    storeAndFollow(60, ALL_KEPT);
    List<RotatedFiles.Rotated> all = rotated();
    Files.delete(all.get(3).path());

    assertThat(verify(deletes))
        .isEqualTo(
            new VerifyMessagesReply.LogFile(
                false, all.get(2).last(), 1L, name(all.get(4).path()), 1L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenTheNewestRotatedFileMissing_whenVerified_thenTheLogFileIsNamed(boolean deletes)
      throws Exception {
    storeAndFollow(60, ALL_KEPT);
    List<RotatedFiles.Rotated> all = rotated();
    Files.delete(all.getLast().path());

    assertThat(verify(deletes))
        .isEqualTo(
            new VerifyMessagesReply.LogFile(
                false, all.getLast().first() - 1, 1L, MessageLog.FILE_NAME, 1L));
  }

  /** What somebody may do to a rotated file. */
  enum Damage {
    CHANGED_LINE {
      @Override
      void to(Path file, Path other) throws IOException {
        Files.writeString(file, Files.readString(file).replace("text", "test"));
      }
    },
    CUT_AT_A_LINE {
      @Override
      void to(Path file, Path other) throws IOException {
        List<String> lines = Files.readAllLines(file);
        Files.write(file, lines.subList(0, lines.size() - 1));
      }
    },
    CUT_IN_A_LINE {
      @Override
      void to(Path file, Path other) throws IOException {
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 5));
      }
    },
    EMPTIED {
      @Override
      void to(Path file, Path other) throws IOException {
        Files.writeString(file, "");
      }
    },
    LINE_ADDED {
      @Override
      void to(Path file, Path other) throws IOException {
        List<String> lines = Files.readAllLines(file);
        lines.add(lines.getLast());
        Files.write(file, lines);
      }
    },
    HEADER_CHANGED {
      @Override
      void to(Path file, Path other) throws IOException {
        Files.writeString(
            file, Files.readString(file).replaceFirst("[0-9a-f]{64}", "0".repeat(64)));
      }
    },
    HEADER_REMOVED {
      @Override
      void to(Path file, Path other) throws IOException {
        List<String> lines = Files.readAllLines(file);
        Files.write(file, lines.subList(1, lines.size()));
      }
    },
    CHANGED_PLACES {
      @Override
      void to(Path file, Path other) throws IOException {
        Path between = file.resolveSibling("between");
        Files.move(file, between);
        Files.move(other, file);
        Files.move(between, other);
      }
    },
    COVERED_BY_ANOTHER {
      @Override
      void to(Path file, Path other) throws IOException {
        Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
      }
    },
    BECAME_A_DIRECTORY {
      @Override
      void to(Path file, Path other) throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
      }
    };

    abstract void to(Path file, Path other) throws IOException;
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void givenADamagedRotatedFile_whenVerified_thenItIsNamedAndNoneBefore(Damage damage)
      throws Exception {
    storeAndFollow(60, ALL_KEPT);
    List<RotatedFiles.Rotated> all = rotated();
    damage.to(all.get(3).path(), all.get(5).path());

    VerifyMessagesReply.LogFile found = verify(false);

    assertThat(found.intact()).isFalse();
    assertThat(found.lines()).isBetween(all.get(2).last(), all.get(3).last());
    // A line after the last one is noticed when the file is left.
    assertThat(found.firstDifferenceFile()).isEqualTo(name(all.get(3).path()));
  }

  @Test
  void givenACopyUnderAnOverlappingName_whenVerified_thenItIsNamed() throws Exception {
    storeAndFollow(60, ALL_KEPT);
    RotatedFiles.Rotated one = rotated().get(3);
    Path copy = new RotatedFiles(file()).name(one.first() + 1, one.last());
    Files.copy(one.path(), copy);

    assertThat(verify(false).firstDifferenceFile()).isEqualTo(name(copy));
  }

  @Test
  void givenALineAfterTheLast_whenTheLogFileHasJustBeenBegun_thenItIsNamed() throws Exception {
    storeAndFollow(30, ALL_KEPT);
    List<String> lines = Files.readAllLines(file());
    lines.add(lines.getLast());
    Files.write(file(), lines);

    assertThat(verify(false).firstDifferenceLine()).isEqualTo(lines.size());
  }

  @Test
  void givenManyRotations_whenStartedAndVerified_thenNoFileButTheLastTwoIsOpenedAtTheStart()
      throws Exception {
    MessageLog.Rotation each = new MessageLog.Rotation(1, Integer.MAX_VALUE);
    storeAndFollow(200, each);
    assertThat(rotated()).hasSize(199);
    assertThat(verify(false)).isEqualTo(intact(200));
    // A start that opened one of these would fail.
    for (RotatedFiles.Rotated one : rotated().subList(0, 198)) {
      Files.delete(one.path());
      Files.createDirectory(one.path());
    }

    storeAndFollow(1, each);

    assertThat(rotated()).hasSize(200);
  }
}

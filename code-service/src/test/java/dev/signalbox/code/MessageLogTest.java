package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.draft;
import static dev.signalbox.code.Fixture.drafts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.disk.FileMutex;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The log file and the database, through everything that may come between them. */
@ExtendWith(VertxExtension.class)
class MessageLogTest {

  private static final long NO_DEADLINE_NANOS = 60_000_000_000L;

  @TempDir Path directory;
  @TempDir Path otherDirectory;
  Fixture fixture;
  Database database;
  final List<MessageLog> logs = new ArrayList<>();

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new Fixture(vertx, Engine.SQLITE, directory);
    database = fixture.database();
  }

  @AfterEach
  void close() {
    logs.forEach(log -> await(log.close()));
    fixture.close();
  }

  private MessageStore store(Database at) {
    return new MessageStore(at, InstantSource.system());
  }

  private MessageLog log(MessageStore store, Path in) {
    MessageLog log = new MessageLog(fixture.vertx(), in.resolve(MessageLog.FILE_NAME), store);
    logs.add(log);
    return log;
  }

  private Path file() {
    return directory.resolve(MessageLog.FILE_NAME);
  }

  private static List<Integer> ids(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> Integer.valueOf(line.split("\t")[0]))
        .toList();
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  private static Future<StoreMessageReply> send(MessageIntake intake, Draft draft) {
    return intake.store(draft, System.nanoTime() + NO_DEADLINE_NANOS, null);
  }

  @Test
  void anAcknowledgedMessageIsInTheFile() throws Exception {
    MessageStore store = store(database);
    MessageIntake intake = new MessageIntake(store, log(store, directory), 100);

    StoreMessageReply reply = await(send(intake, draft("hello\nthere")));

    assertThat(reply).isInstanceOf(StoreMessageReply.Stored.class);
    assertThat(Files.readString(file())).startsWith("1\t").endsWith("\thello\\nthere\n");
  }

  @Test
  void messagesSentTogetherAreInTheFileInOrderOnce() throws Exception {
    MessageStore store = store(database);
    MessageLog log = log(store, directory);
    MessageIntake intake = new MessageIntake(store, log, 7);

    await(Future.all(drafts(500).stream().map(draft -> send(intake, draft)).toList()));
    // A line that takes longer than a second comes after the reply.
    await(log.follow());

    assertThat(ids(file())).isEqualTo(upTo(500));
  }

  @Test
  void linesMissingAfterACrashAreAppendedFromTheDatabase() throws Exception {
    MessageStore store = store(database);
    await(store.store(drafts(600)));

    await(log(store, directory).follow());

    assertThat(ids(file())).isEqualTo(upTo(600));
  }

  @Test
  void aTornLineIsWrittenAnew() throws Exception {
    MessageStore store = store(database);
    MessageLog before = log(store, directory);
    await(store.store(drafts(5)));
    await(before.follow());
    await(before.close());
    logs.clear();
    long whole = Files.size(file());
    try (var channel = Files.newByteChannel(file(), StandardOpenOption.WRITE)) {
      channel.truncate(whole - 10);
    }

    await(log(store, directory).follow());

    assertThat(ids(file())).isEqualTo(upTo(5));
    assertThat(file()).hasSize(whole);
  }

  @Test
  void aFileThatVanishesIsWrittenAnew() throws Exception {
    MessageStore store = store(database);
    MessageIntake intake = new MessageIntake(store, log(store, directory), 100);
    await(send(intake, draft("one")));
    Files.delete(file());

    await(send(intake, draft("two")));

    assertThat(ids(file())).isEqualTo(upTo(2));
  }

  @Test
  void aFileOfAnotherDatabaseIsKeptAside() throws Exception {
    MessageStore store = store(database);
    await(store.store(drafts(2)));
    String foreign = "9\t2023-11-14T22:13:20.123Z\tu\t" + "0".repeat(64) + "\tprecious\n";
    Files.writeString(file(), foreign);

    await(log(store, directory).follow());

    assertThat(ids(file())).isEqualTo(upTo(2));
    try (var files = Files.list(directory)) {
      List<Path> aside =
          files
              .filter(path -> path.getFileName().toString().matches("messages\\.log\\.\\d+"))
              .toList();
      assertThat(aside).singleElement().satisfies(path -> assertThat(path).hasContent(foreign));
    }
  }

  @Test
  void replicasThatShareTheDirectoryWriteEachMessageOnceInOrder() throws Exception {
    MessageStore one = store(database);
    MessageStore two = store(fixture.database());
    MessageLog log = log(one, directory);
    MessageIntake first = new MessageIntake(one, log, 10);
    MessageIntake second = new MessageIntake(two, log(two, directory), 10);
    List<Future<StoreMessageReply>> all = new ArrayList<>();
    for (Draft draft : drafts(200)) {
      all.add(send(first, draft));
      all.add(send(second, draft));
    }

    await(Future.all(all));

    await(log.follow()); // a slow machine may have acknowledged some before their lines
    assertThat(ids(file())).isEqualTo(upTo(400));
  }

  @Test
  void aReplicaElsewhereKeepsACopyOfItsOwn() throws Exception {
    MessageStore one = store(database);
    MessageStore two = store(fixture.database());
    MessageIntake first = new MessageIntake(one, log(one, directory), 10);
    MessageLog copy = log(two, otherDirectory);
    await(Future.all(drafts(20).stream().map(draft -> send(first, draft)).toList()));

    await(copy.follow());

    assertThat(otherDirectory.resolve(MessageLog.FILE_NAME)).hasSameTextualContentAs(file());
  }

  @Test
  void givenAFileThatCannotBeWritten_whenMessagesAreSent_thenTheyAreStoredAndItCatchesUp()
      throws Exception {
    MessageStore store = store(database);
    MessageLog log = log(store, directory);
    MessageIntake intake = new MessageIntake(store, log, 10);
    Files.createDirectory(file());

    for (int i = 0; i < 30; i++) {
      assertThat(await(send(intake, draft("m" + i)))).isInstanceOf(StoreMessageReply.Stored.class);
    }
    assertThat(log.lag()).isEqualTo(30);

    Files.delete(file());
    await(log.follow());
    assertThat(ids(file())).isEqualTo(upTo(30));
    assertThat(log.lag()).isZero();
    await(send(intake, draft("after")));
    assertThat(ids(file())).isEqualTo(upTo(31));
  }

  @Test
  void givenAFileThatAnotherProcessKeeps_whenAMessageIsSent_thenItDoesNotWaitForIt()
      throws Exception {
    MessageStore store = store(database);
    MessageLog log = log(store, directory);
    MessageIntake intake = new MessageIntake(store, log, 10);
    Path mutex = directory.resolve(MessageLog.FILE_NAME + ".lock");
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch kept = new CountDownLatch(1);
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              try (FileMutex _ = FileMutex.acquire(mutex, Duration.ofSeconds(5))) {
                kept.countDown();
                release.await();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    kept.await();

    for (int i = 0; i < 30; i++) {
      assertThat(await(send(intake, draft("m" + i)))).isInstanceOf(StoreMessageReply.Stored.class);
    }

    release.countDown();
    other.join();
    await(log.follow());
    assertThat(ids(file())).isEqualTo(upTo(30));
  }

  @Test
  void givenALineThatIsOfNoMessage_whenTheFileIsWritten_thenItIsKeptAsideAndWrittenAnew()
      throws Exception {
    MessageStore store = store(database);
    MessageIntake intake = new MessageIntake(store, log(store, directory), 10);
    await(send(intake, draft("one")));
    String forged = "99\t2023-11-14T22:13:20.123Z\tu\t" + "0".repeat(64) + "\tforged\n";
    Files.writeString(file(), forged, StandardOpenOption.APPEND);

    await(send(intake, draft("two")));

    assertThat(ids(file())).isEqualTo(upTo(2));
  }

  @Test
  void aRepeatedMessageIsAcknowledgedOnlyWhenItsLineIsThere() throws Exception {
    MessageStore store = store(database);
    Draft draft = new Draft("u", "text", "key");
    await(store.store(List.of(draft)));
    MessageIntake intake = new MessageIntake(store, log(store, directory), 10);

    await(send(intake, draft));

    assertThat(ids(file())).isEqualTo(upTo(1));
  }

  @Test
  void aMessageWhoseCallerHasGivenUpIsNotStored() {
    MessageStore store = store(database);
    MessageIntake intake = new MessageIntake(store, log(store, directory), 10);

    Future<StoreMessageReply> late = intake.store(draft("late"), System.nanoTime() - 1, null);

    assertThat(Fixture.fault(late).code()).isEqualTo(ErrorCode.TIMEOUT);
    assertThat(await(store.lastId())).isZero();
  }

  @Test
  void aKeyUsedForAnotherMessageFailsThatOneAlone() {
    MessageStore store = store(database);
    MessageIntake intake = new MessageIntake(store, log(store, directory), 10);
    await(send(intake, new Draft("u", "first", "key")));

    Future<StoreMessageReply> other = send(intake, new Draft("u", "second", "key"));
    Future<StoreMessageReply> innocent = send(intake, draft("third"));

    assertThat(Fixture.fault(other).code()).isEqualTo(ErrorCode.IDEMPOTENCY_MISMATCH);
    await(innocent);
  }

  @Test
  void aClosedDatabaseFailsEveryMessageAndHoldsNoneBack() {
    MessageStore store = store(database);
    MessageIntake intake = new MessageIntake(store, log(store, directory), 10);
    await(database.close());

    List<Future<StoreMessageReply>> all =
        drafts(50).stream().map(draft -> send(intake, draft)).toList();

    all.forEach(one -> assertThat(Fixture.fault(one).code()).isEqualTo(ErrorCode.STOPPING));
  }
}

package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.drafts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What verifying says of a log file that somebody has touched. */
@ExtendWith(VertxExtension.class)
class LogFileVerifyTest {

  private static final VerifyMessagesReply.LogFile INTACT =
      new VerifyMessagesReply.LogFile(true, 9, null, null, 1L);

  @TempDir Path directory;
  Fixture fixture;
  Database database;
  Path file;

  @BeforeEach
  void writeNineMessages(Vertx vertx) {
    fixture = new Fixture(vertx, Engine.SQLITE, directory);
    database = fixture.database();
    file = directory.resolve(MessageLog.FILE_NAME);
    MessageStore store = new MessageStore(database, InstantSource.system());
    await(store.store(drafts(9)));
    MessageLog log = new MessageLog(fixture.vertx(), file, store);
    await(log.follow());
    await(log.close());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private VerifyMessagesReply.LogFile verify() {
    VerifyMessagesReply reply = Fixture.verify(database, file, Duration.ofSeconds(20));
    assertThat(reply.intact()).as("the chain").isTrue();
    assertThat(reply.messages()).isEqualTo(9);
    return reply.file();
  }

  private void edit(UnaryOperator<List<String>> change) throws IOException {
    Files.write(file, change.apply(new ArrayList<>(Files.readAllLines(file))));
  }

  private static VerifyMessagesReply.LogFile differsAt(long line) {
    return new VerifyMessagesReply.LogFile(
        false, line - 1, line, MessageLog.FILE_NAME, line == 1 ? null : 1L);
  }

  @Test
  void givenTheFileAsItWasWritten_whenVerified_thenItIsIntact() {
    assertThat(verify()).isEqualTo(INTACT);
  }

  @Test
  void givenAChangedLine_whenVerified_thenItIsNamed() throws Exception {
    edit(lines -> {
      lines.set(3, lines.get(3).replace("text", "test"));
      return lines;
    });

    assertThat(verify()).isEqualTo(differsAt(4));
  }

  @Test
  void givenALineThatBecameLonger_whenVerified_thenItIsNamed() throws Exception {
    edit(lines -> {
      lines.set(3, lines.get(3) + " and more");
      return lines;
    });

    assertThat(verify()).isEqualTo(differsAt(4));
  }

  @Test
  void givenControlsOfTheDirectionOfText_whenVerified_thenTheLinesOfEitherVersionAreIntact()
      throws Exception {
    MessageStore store = new MessageStore(database, InstantSource.system());
    await(
        store.store(
            List.of(new Draft("u\u200e", "a\u202eb", null), new Draft("u", "plain", null))));
    MessageLog log = new MessageLog(fixture.vertx(), file, store);
    await(log.follow());
    await(log.close());

    VerifyMessagesReply now = Fixture.verify(database, file, Duration.ofSeconds(20));
    edit(lines -> {
      lines.replaceAll(line -> line.replace("\\u200e", "\u200e").replace("\\u202e", "\u202e"));
      return lines;
    });
    VerifyMessagesReply earlier = Fixture.verify(database, file, Duration.ofSeconds(20));
    edit(lines -> {
      lines.replaceAll(line -> line.replace("\u202eb", "\u202ec"));
      return lines;
    });
    VerifyMessagesReply changed = Fixture.verify(database, file, Duration.ofSeconds(20));

    assertThat(now.file()).isEqualTo(new VerifyMessagesReply.LogFile(true, 11, null, null, 1L));
    assertThat(earlier.file()).isEqualTo(now.file());
    assertThat(changed.file()).isEqualTo(differsAt(10));
  }

  @Test
  void givenARemovedLine_whenVerified_thenTheOneInItsPlaceIsNamed() throws Exception {
    edit(lines -> {
      lines.remove(5);
      return lines;
    });

    assertThat(verify()).isEqualTo(differsAt(6));
  }

  @Test
  void givenADoubledLine_whenVerified_thenTheSecondIsNamed() throws Exception {
    edit(lines -> {
      lines.add(5, lines.get(4));
      return lines;
    });

    assertThat(verify()).isEqualTo(differsAt(6));
  }

  @Test
  void givenTwoLinesThatChangedPlaces_whenVerified_thenTheFirstIsNamed() throws Exception {
    edit(lines -> {
      lines.add(2, lines.remove(3));
      return lines;
    });

    assertThat(verify()).isEqualTo(differsAt(3));
  }

  @Test
  void givenALineAfterTheLast_whenVerified_thenItIsNamed() throws Exception {
    edit(lines -> {
      lines.add(lines.getLast());
      return lines;
    });

    assertThat(verify()).isEqualTo(differsAt(10));
  }

  @Test
  void givenAFileThatIsBehind_whenVerified_thenItIsIntactAndShorter() throws Exception {
    edit(lines -> lines.subList(0, 4));

    assertThat(verify()).isEqualTo(new VerifyMessagesReply.LogFile(true, 4, null, null, 1L));
  }

  @Test
  void givenALineThatIsBeingWritten_whenVerified_thenItIsNoDifference() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));

    assertThat(verify()).isEqualTo(new VerifyMessagesReply.LogFile(true, 8, null, null, 1L));
  }

  @Test
  void givenNoFile_whenVerified_thenItHasNoLines() throws Exception {
    Files.delete(file);

    assertThat(verify()).isEqualTo(new VerifyMessagesReply.LogFile(true, 0, null, null, null));
  }

  @Test
  void givenAFileThatCannotBeRead_whenVerified_thenItDiffersFromTheStart() throws Exception {
    Files.delete(file);
    Files.createDirectory(file);

    assertThat(verify()).isEqualTo(differsAt(1));
  }

  @Test
  void givenBytesThatAreNoText_whenVerified_thenTheyAreADifference() throws Exception {
    Files.write(file, new byte[] {(byte) 0xFF, 0, 13, 10});

    assertThat(verify()).isEqualTo(differsAt(1));
  }
}

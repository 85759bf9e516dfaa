package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogFileTest {

  @TempDir Path directory;
  Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("messages.log");
  }

  private static List<Message> messages(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(
            id -> new Message(id, "u", "text " + id, 0, ChainHash.START.next(id, "u", "t", 0)))
        .toList();
  }

  private void write(long from, long to) throws IOException {
    try (LogFile log = LogFile.open(file)) {
      log.append(messages(from, to), Long.MAX_VALUE);
    }
  }

  private List<String> ids() throws IOException {
    return Files.readAllLines(file).stream().map(line -> line.split("\t")[0]).toList();
  }

  @Test
  void aNewFileIsEmpty() throws Exception {
    try (LogFile log = LogFile.open(file)) {
      assertThat(log.lastId()).isZero();
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void itGoesOnWhereItEnded() throws Exception {
    write(1, 3);
    write(4, 5);

    assertThat(ids()).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void whatIsThereIsNotWrittenAgain() throws Exception {
    write(1, 3);
    write(2, 5);

    assertThat(ids()).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void aGapIsADefect() throws Exception {
    try (LogFile log = LogFile.open(file)) {
      assertThatThrownBy(() -> log.append(messages(2, 3), Long.MAX_VALUE))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(file).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4\t2023",
        "4",
        "\u0000\u0000\u0000\u0000",
        "rubbish\n",
        "\n",
        "\n\n\n",
        "a\nb\nc"
      })
  void whatACrashLeftOfALineIsCutOff(String torn) throws Exception {
    write(1, 3);
    Files.writeString(file, torn, StandardOpenOption.APPEND);

    write(4, 4);

    assertThat(ids()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void aTornLineLongerThanABlockIsCutOff() throws Exception {
    write(1, 3);
    Files.writeString(file, "4\t" + "x".repeat(300_000), StandardOpenOption.APPEND);

    write(4, 4);

    assertThat(ids()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void aWholeLineLongerThanABlockIsRead() throws Exception {
    try (LogFile log = LogFile.open(file)) {
      log.append(
          List.of(new Message(1, "u", "x".repeat(300_000), 0, ChainHash.START)), Long.MAX_VALUE);
    }

    write(2, 2);

    assertThat(ids()).containsExactly("1", "2");
  }

  @Test
  void aFileOfNothingButRubbishIsBegunAnew() throws Exception {
    Files.write(file, "\u0000".repeat(100_000).getBytes(UTF_8));

    write(1, 1);

    assertThat(ids()).containsExactly("1");
  }

  @Test
  void theLastLinesHashIsKnown() throws Exception {
    write(1, 3);

    try (LogFile log = LogFile.open(file)) {
      assertThat(log.lastId()).isEqualTo(3);
      assertThat(log.lastHash()).isEqualTo(messages(3, 3).getFirst().hash().hex());
    }
  }
}

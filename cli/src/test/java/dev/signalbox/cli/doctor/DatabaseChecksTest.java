package dev.signalbox.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cli.doctor.PlaceCheck.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseChecksTest {

  @TempDir Path directory;

  /** A file whose header says {@code pages} of {@code pageSize}, and that has {@code bytes}. */
  private Path database(String name, int pageSize, int pages, int bytes) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(Math.max(100, bytes));
    file.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    file.putShort(16, (short) pageSize).putInt(24, 7).putInt(28, pages).putInt(92, 7);
    return Files.write(directory.resolve(name), Arrays.copyOf(file.array(), bytes));
  }

  private PlaceCheck check(String name) throws IOException {
    return DatabaseChecks.of(directory).stream()
        .filter(each -> each.name().equals("database " + name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void givenDatabases_whenChecked_thenOneThatIsNoneIsAnErrorAndNoneIsChanged() throws IOException {
    Path code = database("code.db", 4096, 2, 8192);
    byte[] before = Files.readAllBytes(code);
    Files.writeString(directory.resolve("ping.db"), "overwritten by something else");
    Files.createDirectory(directory.resolve("folder.db"));

    assertThat(check("code.db").status()).isEqualTo(Status.OK);
    assertThat(check("ping.db").status()).isEqualTo(Status.ERROR);
    assertThat(check("folder.db").status()).isEqualTo(Status.ERROR);
    assertThat(code).hasBinaryContent(before);
  }

  @ParameterizedTest
  @CsvSource({"4096,2,8191", "4096,2,4096", "1,1,65535", "512,3,100", "4096,2,99", "4096,2,7"})
  void givenADatabaseThatIsCut_whenChecked_thenThatIsAnError(int pageSize, int pages, int bytes)
      throws IOException {
    database("code.db", pageSize, pages, bytes);

    PlaceCheck check = check("code.db");
    assertThat(check.status()).isEqualTo(Status.ERROR);
    assertThat(check.detail()).contains("is cut: it has " + bytes + " of ");
  }

  @ParameterizedTest
  @CsvSource({"4096,2,8192", "1,1,65536", "4096,2,12288", "4096,0,4096"})
  void givenADatabaseThatIsWhole_whenChecked_thenItIsWell(int pageSize, int pages, int bytes)
      throws IOException {
    database("code.db", pageSize, pages, bytes);

    assertThat(check("code.db").status()).isEqualTo(Status.OK);
  }

  @Test
  void givenACountOfPagesThatIsOld_whenChecked_thenItDoesNotCount() throws IOException {
    Path file = database("code.db", 4096, 2, 4096);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, ByteBuffer.wrap(bytes).putInt(92, 6).array());

    assertThat(check("code.db").status()).isEqualTo(Status.OK);
  }

  @Test
  void givenALogBesideADatabase_whenItsFileIsSmaller_thenThatIsNoFaultUnlessTheLogIsEmpty()
      throws IOException {
    database("code.db", 4096, 2, 4096);
    Files.writeString(directory.resolve("code.db-wal"), "frames");
    assertThat(check("code.db").status()).isEqualTo(Status.OK);

    Files.writeString(directory.resolve("code.db-wal"), "");
    assertThat(check("code.db").status()).isEqualTo(Status.ERROR);
  }

  @Test
  void givenAnEmptyDatabase_whenOthersHaveContent_thenThatIsAWarning() throws IOException {
    Files.write(directory.resolve("empty.db"), new byte[0]);
    Files.write(directory.resolve("more.db"), new byte[0]);
    assertThat(check("empty.db").status()).isEqualTo(Status.OK);

    database("code.db", 4096, 1, 4096);
    assertThat(check("empty.db").status()).isEqualTo(Status.WARNING);
    assertThat(check("empty.db").detail()).contains("is empty, and others beside it are not");
  }
}

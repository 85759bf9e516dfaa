package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class TemporaryDirectoryTest {

  private static final Duration OLD = Duration.ofHours(1);

  @TempDir Path parent;

  private static Path aged(Path directory) throws IOException {
    return Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(OLD)));
  }

  /** What a process leaves that is killed. */
  private Path abandoned() throws IOException {
    Path directory = Files.createDirectory(parent.resolve("signalbox-process-1"));
    Files.createFile(directory.resolve(".lock"));
    Files.writeString(Files.createDirectory(directory.resolve("library")).resolve("a.so"), "code");
    return directory;
  }

  @Test
  void givenOneOfAProcessThatIsGone_whenTheNextIsMade_thenItIsRemoved() throws Exception {
    Path abandoned = aged(abandoned());

    TemporaryDirectory made = TemporaryDirectory.below(parent);

    assertThat(abandoned).doesNotExist();
    assertThat(made.path()).isDirectory();
  }

  @Test
  void givenOneWithoutItsLockFile_whenTheNextIsMade_thenItIsRemoved() throws Exception {
    Path abandoned = abandoned();
    Files.delete(abandoned.resolve(".lock"));
    aged(abandoned);

    TemporaryDirectory.below(parent);

    assertThat(abandoned).doesNotExist();
  }

  @Test
  void givenOneOfAProcessThatRuns_whenTheNextIsMade_thenItStays() throws Exception {
    TemporaryDirectory held = TemporaryDirectory.below(parent);
    aged(held.path());

    TemporaryDirectory.below(parent);

    assertThat(held.path().resolve(".lock")).exists();
  }

  @Test
  void givenOneWhoseProcessMayStillTakeIt_whenTheNextIsMade_thenItStays() throws Exception {
    Path young = abandoned();

    TemporaryDirectory.below(parent);

    assertThat(young.resolve("library/a.so")).exists();
  }

  @Test
  void givenOneOfAnotherUser_whenTheNextIsMade_thenItStays() throws Exception {
    Path foreign = abandoned();
    UserPrincipal nobody =
        parent.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    try {
      Files.setOwner(foreign, nobody);
    } catch (IOException e) {
      assumeThat(e).as("only root gives a directory away").isNull();
    }
    aged(foreign);

    TemporaryDirectory.below(parent);

    assertThat(foreign.resolve("library/a.so")).exists();
  }

  @Test
  void givenALinkWithSuchAName_whenOneIsMade_thenWhatItNamesStays() throws Exception {
    Path precious = Files.createDirectory(parent.resolve("precious"));
    Files.createFile(precious.resolve("file"));
    aged(precious);
    Path link = Files.createSymbolicLink(parent.resolve("signalbox-process-2"), precious);

    TemporaryDirectory.below(parent);

    assertThat(link).isSymbolicLink();
    assertThat(precious.resolve("file")).exists();
  }

  @Test
  void givenALinkInOneThatIsAbandoned_whenItIsRemoved_thenWhatTheLinkNamesStays() throws Exception {
    Path precious = Files.createDirectory(parent.resolve("precious"));
    Files.createFile(precious.resolve("file"));
    Path abandoned = abandoned();
    Files.createSymbolicLink(abandoned.resolve("link"), precious);
    aged(abandoned);

    TemporaryDirectory.below(parent);

    assertThat(abandoned).doesNotExist();
    assertThat(precious.resolve("file")).exists();
  }

  @Test
  void givenFilesInIt_whenRemoved_thenNothingIsLeft() throws Exception {
    TemporaryDirectory made = TemporaryDirectory.below(parent);
    Files.createFile(Files.createDirectory(made.path().resolve("library")).resolve("a.so"));

    made.remove();

    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void givenAnOldOne_whenTouched_thenItIsNew() throws Exception {
    TemporaryDirectory made = TemporaryDirectory.below(parent);
    aged(made.path());
    aged(made.path().resolve(".lock"));

    FileTime now = made.touch();

    assertThat(now.toInstant()).isAfter(Instant.now().minus(OLD.dividedBy(2)));
    assertThat(Files.getLastModifiedTime(made.path()).toMillis()).isEqualTo(now.toMillis());
    assertThat(Files.getLastModifiedTime(made.path().resolve(".lock")).toMillis())
        .isEqualTo(now.toMillis());
  }

  @Test
  void givenNoDirectoryToMakeItIn_whenMade_thenTheErrorNamesItAndWhatHelps() {
    Path missing = parent.resolve("missing");

    assertThatThrownBy(() -> TemporaryDirectory.below(missing))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("below " + missing)
        .hasMessageContaining("-Djava.io.tmpdir=DIR");
  }
}

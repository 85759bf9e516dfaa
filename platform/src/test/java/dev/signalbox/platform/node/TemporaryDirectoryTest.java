package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
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
  void givenOneThatWasRemovedFromOutside_whenItIsTouched_thenItIsThereAgainForItsProcessAlone()
      throws Exception {
    TemporaryDirectory held = TemporaryDirectory.below(parent);
    Files.delete(held.path().resolve(".lock"));
    Files.delete(held.path());

    held.touch();

    assertThat(Files.getPosixFilePermissions(held.path()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    TemporaryDirectory.below(parent);
    assertThat(held.path()).isDirectory();
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

    made.touch();

    assertThat(Files.getLastModifiedTime(made.path()).toInstant())
        .isAfter(Instant.now().minus(OLD.dividedBy(2)));
  }

  /** Looks for what is abandoned in a JVM of its own, as the next process does. */
  static final class NextProcess {

    static void main(String[] parent) {
      TemporaryDirectory.below(Path.of(parent[0])).remove();
    }

    static void run(Path parent) throws Exception {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  NextProcess.class.getName(),
                  parent.toString())
              .inheritIO()
              .start();
      assertThat(process.waitFor()).isZero();
    }
  }

  @Test
  void givenOneThatWasTouched_whenAnotherProcessStarts_thenItStaysHoweverOldItSeems()
      throws Exception {
    TemporaryDirectory held = TemporaryDirectory.below(parent);
    Files.createFile(held.path().resolve("file"));
    held.touch();
    held.touch();
    aged(held.path());

    NextProcess.run(parent);

    assertThat(held.path().resolve("file")).exists();
    held.remove();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void givenOneThatAnotherProcessFinds_whenItWasTouchedLately_thenItStaysWithoutALock()
      throws Exception {
    Path unlocked = abandoned();
    Files.setLastModifiedTime(
        unlocked, FileTime.from(Instant.now().minus(TemporaryDirectory.TOUCH.multipliedBy(2))));

    NextProcess.run(parent);

    assertThat(unlocked.resolve("library/a.so")).exists();
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

package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.disk.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class PrivateFilesTest {

  @TempDir Path temp;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void givenNoDataDirectory_whenTaken_thenItAndItsLockAreForTheUserAlone() throws Exception {
    Path data = temp.resolve("above/data");

    DataDirectory.take(data, true).close();

    assertThat(mode(data)).isEqualTo("rwx------");
    assertThat(mode(data.resolve(".lock"))).isEqualTo("rw-------");
    assertThat(mode(data.getParent())).isNotEqualTo("rwx------");
  }

  @Test
  void givenADataDirectoryOfAnOperator_whenTaken_thenItKeepsItsMode() throws Exception {
    Path data = Files.createDirectory(temp.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));

    DataDirectory.take(data, false).close();

    assertThat(mode(data)).isEqualTo("rwxr-x---");
  }

  @Test
  void givenALinkToADirectory_whenTaken_thenItIsFollowed() throws Exception {
    Path target = Files.createDirectory(temp.resolve("target"));
    Path link = Files.createSymbolicLink(temp.resolve("data"), target);

    DataDirectory.take(link, true).close();

    assertThat(target.resolve(".lock")).exists();
  }

  @Test
  void givenAFileInItsPlace_whenTaken_thenTheStartFails() throws Exception {
    Path file = Files.createFile(temp.resolve("data"));

    assertThatThrownBy(() -> DataDirectory.take(file, false)).isInstanceOf(StartException.class);
  }

  @Test
  void givenAFileThatExists_whenCreated_thenItKeepsContentAndMode() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "content");
    String before = mode(file);

    PrivateFiles.createFile(file);

    assertThat(file).hasContent("content");
    assertThat(mode(file)).isEqualTo(before);
  }

  @Test
  void givenNoFile_whenCreated_thenItIsForTheUserAlone() throws Exception {
    PrivateFiles.createFile(temp.resolve("file"));

    assertThat(mode(temp.resolve("file"))).isEqualTo("rw-------");
  }
}

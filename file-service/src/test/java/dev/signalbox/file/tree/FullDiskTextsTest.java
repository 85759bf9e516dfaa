package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class FullDiskTextsTest {

  private static final int ENOENT = 2;
  private static final int EISDIR = 21;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;

  @Test
  @EnabledOnOs(OS.LINUX)
  void givenTheTextsOfTheSystem_whenAFullDiskIsReported_thenTheyAreKnownInItsLanguage() {
    assertThat(FullDiskTexts.in("path: " + FullDiskTexts.text(ENOSPC))).isTrue();
    assertThat(FullDiskTexts.in(FullDiskTexts.text(EDQUOT))).isTrue();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void givenAnotherError_whenReported_thenTheDiskIsNotFull() {
    assertThat(FullDiskTexts.text(ENOENT)).isNotBlank();
    assertThat(FullDiskTexts.in(FullDiskTexts.text(ENOENT))).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void givenAnErrorOfJava_whenComparedWithTheTextOfTheSystem_thenBothAreTheSame() {
    assertThatThrownBy(() -> FileChannel.open(Path.of("/")).read(ByteBuffer.allocate(1)))
        .hasMessageContaining(FullDiskTexts.text(EISDIR));
  }
}

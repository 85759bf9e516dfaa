package dev.signalbox.contracts.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMutexTest {

  private static final Duration LONG = Duration.ofSeconds(10);

  @TempDir Path directory;
  int unguarded;

  @Test
  void threadsHoldItOneAtATime() throws Exception {
    Path file = directory.resolve("lock");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            threads.submit(
                (Callable<Object>)
                    () -> {
                      for (int n = 0; n < 100; n++) {
                        try (FileMutex _ = FileMutex.acquire(file, LONG)) {
                          unguarded++;
                        }
                      }
                      return null;
                    }));
      }
      for (Future<?> one : all) {
        one.get(20, TimeUnit.SECONDS);
      }
    }

    assertThat(unguarded).isEqualTo(400);
  }

  @Test
  void waitingEndsAtTheTimeout() throws Exception {
    Path file = directory.resolve("lock");
    try (ExecutorService other = Executors.newSingleThreadExecutor();
        FileMutex _ = FileMutex.acquire(file, LONG)) {
      Future<FileMutex> second = other.submit(() -> FileMutex.acquire(file, Duration.ofMillis(20)));

      assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileThatCannotBeOpenedLeavesNothingLocked() throws Exception {
    Path file = directory.resolve("missing").resolve("lock");
    assertThatThrownBy(() -> FileMutex.acquire(file, LONG)).isInstanceOf(IOException.class);

    assertThatThrownBy(() -> FileMutex.acquire(file, LONG)).isInstanceOf(IOException.class);
  }

  @Test
  void givenItIsFree_whenTried_thenItIsHeldUntilAnyThreadClosesIt() throws Exception {
    Path file = directory.resolve("lock");
    FileMutex held = FileMutex.tryAcquire(file).orElseThrow();

    assertThat(FileMutex.tryAcquire(file)).isEmpty();
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      other
          .submit(
              (Callable<Object>)
                  () -> {
                    held.close();
                    return null;
                  })
          .get(10, TimeUnit.SECONDS);
    }

    assertThat(FileMutex.tryAcquire(file)).get().satisfies(FileMutex::close);
  }

  @Test
  void givenItIsClosedTwice_whenTriedTwice_thenOneHoldsIt() throws Exception {
    Path file = directory.resolve("lock");
    FileMutex first = FileMutex.acquire(file, LONG);
    first.close();
    first.close();

    try (FileMutex _ = FileMutex.acquire(file, LONG)) {
      assertThat(FileMutex.tryAcquire(file)).isEmpty();
    }
  }

  @Test
  void givenAnotherNameOfTheFile_whenItIsHeldByTheFirst_thenItIsHeld() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path alias = Files.createSymbolicLink(directory.resolve("alias"), real);

    try (FileMutex _ = FileMutex.acquire(real.resolve("lock"), LONG)) {
      assertThat(FileMutex.tryAcquire(alias.resolve("lock"))).isEmpty();
      assertThatThrownBy(() -> FileMutex.acquire(alias.resolve("lock"), Duration.ofMillis(20)))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void givenALinkInPlaceOfTheFile_whenAcquired_thenItIsRefusedAndNothingIsMade() throws Exception {
    Path target = directory.resolve("target");
    Path link = Files.createSymbolicLink(directory.resolve("lock"), target);

    assertThatThrownBy(() -> FileMutex.acquire(link, LONG)).isInstanceOf(IOException.class);
    assertThat(target).doesNotExist();
  }

  @Test
  void givenAHardLinkToTheFile_whenTriedByIt_thenNoOtherProcessGetsWhatIsHeld() throws Exception {
    Path file = directory.resolve("lock");
    try (FileMutex _ = FileMutex.acquire(file, LONG)) {
      Path link = Files.createLink(directory.resolve("link"), file);

      assertThat(FileMutex.tryAcquire(link)).isEmpty();
      assertThatThrownBy(() -> FileMutex.acquire(link, Duration.ofMillis(20)))
          .isInstanceOf(IOException.class);

      assertThat(OtherProcess.isHeld(file)).isTrue();
    }
    assertThat(OtherProcess.isHeld(file)).isFalse();
  }

  @Test
  void givenItIsTouched_whenAnotherProcessTriesIt_thenItIsStillHeld() throws Exception {
    Path file = directory.resolve("lock");
    FileTime longAgo = FileTime.from(Instant.now().minusSeconds(3_600));
    Files.setLastModifiedTime(Files.createFile(file), longAgo);
    try (FileMutex mutex = FileMutex.acquire(file, LONG)) {
      for (int i = 0; i < 3; i++) {
        mutex.touch();
      }

      assertThat(OtherProcess.isHeld(file)).isTrue();
      assertThat(Files.getLastModifiedTime(file)).isGreaterThan(longAgo);
      assertThat(file).hasSize(1);
    }
  }

  /** Tries the mutex in a JVM of its own. */
  static final class OtherProcess {

    static void main(String[] file) throws IOException {
      System.out.print(FileMutex.tryAcquire(Path.of(file[0])).isEmpty() ? "held" : "free");
    }

    static boolean isHeld(Path file) throws Exception {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  classes(FileMutex.class) + File.pathSeparator + classes(OtherProcess.class),
                  OtherProcess.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isZero();
      assertThat(said).isIn("held", "free");
      return said.equals("held");
    }

    private static Path classes(Class<?> type) throws Exception {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
  }
}

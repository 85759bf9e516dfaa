package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class FileWatchTest {

  private static final long PERIOD_MS = 5;

  @TempDir Path directory;
  private Path file;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile @Nullable Throwable obstacle;
  private final AtomicInteger looks = new AtomicInteger();

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("file"), "first");
  }

  private String look() throws IOException {
    String text = Files.readString(file);
    looks.incrementAndGet();
    return text;
  }

  private Future<?> load(String text) {
    Throwable obstacle = this.obstacle;
    if (obstacle != null) {
      return Future.failedFuture(obstacle);
    }
    told.add(text);
    return Future.succeededFuture();
  }

  private void watch(Vertx vertx, String known) {
    FileWatch.start(vertx, known, this::look, this::load, failures::add, PERIOD_MS);
  }

  private void awaitLooks(int more) {
    int end = looks.get() + more;
    await().until(() -> looks.get() >= end);
  }

  @Test
  void givenAFileThatWasReplacedAfterItWasRead_whenItIsWatchedFromThenOn_thenThatIsNoticed(
      Vertx vertx) throws IOException {
    String known = look();
    Files.writeString(file, "second");

    watch(vertx, known);

    await().until(() -> told.equals(List.of("second")));
    awaitLooks(3);
    assertThat(told).containsExactly("second");
  }

  @Test
  void givenAFileThatStaysAsItIs_whenItIsWatched_thenNothingIsNoticed(Vertx vertx) {
    watch(vertx, "first");

    awaitLooks(3);

    assertThat(told).isEmpty();
  }

  @Test
  void givenLooksThatFail_whenTheFileIsThereAgain_thenWhyIsToldOnceAndItIsLoaded(Vertx vertx)
      throws IOException {
    watch(vertx, "first");
    Path away = Files.move(file, directory.resolve("away"));
    await().until(() -> !failures.isEmpty());
    awaitLooksThatFail(vertx);
    assertThat(failures).singleElement().isInstanceOf(NoSuchFileException.class);
    assertThat(told).isEmpty();

    Files.move(away, file);

    await().until(() -> told.equals(List.of("first")));
    awaitLooks(3);
    assertThat(told).containsExactly("first");
  }

  /** Some of them: as many as a watch beside it makes. */
  private void awaitLooksThatFail(Vertx vertx) {
    AtomicInteger others = new AtomicInteger();
    FileWatch.start(
        vertx, 0, others::incrementAndGet, _ -> Future.succeededFuture(), failures::add, PERIOD_MS);
    await().until(() -> others.get() > 5);
  }

  @Test
  void givenAFileThatCannotBeLoaded_whenWhatWasInItsWayIsGone_thenItIsLoadedWithoutAnotherChange(
      Vertx vertx) throws IOException {
    obstacle = new IOException("denied");
    Files.writeString(file, "second");
    watch(vertx, "first");
    await().until(() -> !failures.isEmpty());
    awaitLooks(5);
    assertThat(failures).as("told once for the same reason").hasSize(1);

    obstacle = new IOException("too many open files");
    await().until(() -> failures.size() == 2);
    obstacle = null;

    await().until(() -> told.equals(List.of("second")));
    awaitLooks(3);
    assertThat(told).containsExactly("second");
  }

  @Test
  void givenAFileThatCannotBeLoaded_whenItIsAsItWasBefore_thenItIsLoadedAllTheSame(Vertx vertx)
      throws IOException {
    obstacle = new IOException("no such format");
    Files.writeString(file, "broken");
    watch(vertx, "first");
    await().until(() -> !failures.isEmpty());
    Files.writeString(file, "first");
    obstacle = null;

    await().until(() -> told.contains("first"));
  }
}

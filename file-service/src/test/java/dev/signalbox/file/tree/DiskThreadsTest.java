package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DiskThreadsTest {

  private Vertx vertx;
  private DiskThreads disk;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    disk = new DiskThreads(vertx, "disk", 1);
  }

  @AfterEach
  void close() {
    TestNode.await(vertx.close());
  }

  static Stream<Exception> outages() {
    return Stream.of(
        new IOException("Input/output error"),
        new FileSystemException("secret/path", null, "Read-only file system"),
        new FileSystemException("secret/path", null, "Too many open files"),
        new UncheckedIOException(new IOException("Input/output error")));
  }

  static Stream<Exception> fullDisks() {
    return Stream.of(
        new IOException("No space left on device"),
        new IOException("Disk quota exceeded"),
        new FileSystemException("secret/path", null, "No space left on device"),
        new UncheckedIOException(new IOException("No space left on device")));
  }

  @ParameterizedTest
  @MethodSource("fullDisks")
  void givenADiskThatIsFull_whenUsed_thenCallersAreToldThatThereIsNoRoom(Exception cause) {
    assertThatThrownBy(() ->
            TestNode.await(
                disk.run(() -> {
                  throw cause;
                })))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE))
        .hasMessage("file-service has no room on its disk");
  }

  @ParameterizedTest
  @CsvSource({
    "0, INSUFFICIENT_STORAGE",
    "4096, INSUFFICIENT_STORAGE",
    "1000000000, STORAGE_UNAVAILABLE",
    "-1, STORAGE_UNAVAILABLE"
  })
  void givenAnErrorInAnotherLanguage_whenWritingFails_thenTheRoomOnTheDiskDecides(
      long usable, ErrorCode code) {
    DiskSpace space =
        new DiskSpace(() -> {
          if (usable < 0) {
            throw new IOException("cannot tell");
          }
          return usable;
        });
    DiskThreads writers = DiskThreads.writing(vertx, "writers", 1, space);

    assertThatThrownBy(() ->
            TestNode.await(
                writers.run(() -> {
                  throw new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");
                })))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @ParameterizedTest
  @MethodSource("outages")
  void givenADiskThatCannotBeUsed_whenUsed_thenCallersMayRepeatAndSeeNothingOfIt(Exception cause) {
    assertThatThrownBy(() ->
            TestNode.await(
                disk.run(() -> {
                  throw cause;
                })))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .hasMessage("file-service cannot use its disk");
  }

  static Stream<Exception> faults() {
    return Stream.of(
        new AccessDeniedException("path"),
        new IllegalStateException("a defect"),
        new ServiceException(ErrorCode.CONFLICT, "said so"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void givenAnythingElse_whenItFails_thenItFailsAsItIs(Exception cause) {
    assertThat(
            disk.run(
                    () -> {
                      throw cause;
                    })
                .transform(done -> Future.succeededFuture(done.cause())))
        .extracting(TestNode::await)
        .isSameAs(cause);
  }

  @Test
  void givenAnOutage_whenItIsOver_thenTheNextUseSucceeds() {
    TestNode.await(
        disk.run(
                () -> {
                  throw new IOException("No space left on device");
                })
            .otherwiseEmpty());

    assertThat(TestNode.await(disk.run(() -> 7))).isEqualTo(7);
  }
}

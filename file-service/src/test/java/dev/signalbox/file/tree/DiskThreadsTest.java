package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
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

  @Test
  void givenWorkAndWorkThatWaits_whenClosed_thenAllOfItEndsUndisturbedBeforeTheThreadsDo()
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Future<Integer> first =
        disk.run(() -> {
          begun.countDown();
          goOn.await(); // fails when it is interrupted
          return 1;
        });
    Future<Integer> second = disk.run(() -> 2);
    begun.await();

    Future<Void> closed = disk.close();
    goOn.countDown();

    assertThat(TestNode.await(first)).isEqualTo(1);
    assertThat(TestNode.await(second)).isEqualTo(2);
    TestNode.await(closed);
  }

  @Test
  void givenWorkThatHangs_whenClosed_thenTheCloseEndsWithoutIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Integer> hanging =
        disk.run(() -> {
          begun.countDown();
          new CountDownLatch(1).await();
          return 1;
        });
    begun.await();

    TestNode.await(disk.close());

    assertThatThrownBy(() -> TestNode.await(hanging))
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void givenThreadsThatAreClosed_whenUsed_thenTheServiceIsStopping() {
    TestNode.await(disk.close());

    assertThat(disk.run(() -> 1).cause())
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STOPPING));
  }

  /** Like a file: an interrupt closes it, in the thread that interrupts. */
  private static final class Channel extends AbstractInterruptibleChannel {
    private final AtomicReference<Thread> closer = new AtomicReference<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    int blockUntilClosed(CountDownLatch begun) throws IOException {
      boolean completed = false;
      try {
        begin();
        begun.countDown();
        awaitClosed();
        completed = true;
      } finally {
        end(completed);
      }
      return 1;
    }

    private void awaitClosed() {
      boolean interrupted = false;
      while (closed.getCount() > 0) {
        try {
          closed.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    protected void implCloseChannel() {
      closer.set(Thread.currentThread());
      closed.countDown();
    }
  }

  /** For a close waits until the system has ended what it does with the file. */
  @Test
  void givenAFileInUseThatHangs_whenClosedByAnEventLoop_thenAnotherThreadClosesIt()
      throws Exception {
    Channel channel = new Channel();
    CountDownLatch begun = new CountDownLatch(1);
    Future<Integer> use = disk.run(() -> channel.blockUntilClosed(begun));
    begun.await();
    Promise<Void> closed = Promise.promise();

    vertx.getOrCreateContext().runOnContext(_ -> disk.close().onComplete(closed));

    TestNode.await(closed.future());
    TestNode.await(use.otherwise(0));
    assertThat(channel.closer.get().getName()).doesNotContain("eventloop");
  }
}

package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskSpaceTest {

  private Vertx vertx;
  private DiskThreads threads;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    threads = new DiskThreads(vertx, "disk", 2);
  }

  @AfterEach
  void close() {
    TestNode.await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, (1 << 20) - 1})
  void givenAFullDisk_whenLooked_thenItSaysSoUntilThereIsRoomAgain(long left) {
    AtomicLong usable = new AtomicLong(left);
    DiskSpace space = new DiskSpace(usable::get);

    space.look(threads);

    await().until(() -> "file-service has no room on its disk".equals(space.problem()));

    usable.set(1 << 20);

    await()
        .until(() -> {
          space.look(threads);
          return space.problem() == null;
        });
  }

  @Test
  void givenABrokenDisk_whenLooked_thenItSaysThatItCannotBeUsed() {
    DiskSpace space =
        new DiskSpace(() -> {
          throw new IOException("Input/output error");
        });

    space.look(threads);

    await().until(() -> "file-service cannot use its disk".equals(space.problem()));
  }

  @Test
  void givenADiskThatHangs_whenLookedAgainAndAgain_thenOneThreadWaitsForIt() {
    CountDownLatch hanging = new CountDownLatch(1);
    AtomicInteger looks = new AtomicInteger();
    DiskSpace space =
        new DiskSpace(() -> {
          looks.incrementAndGet();
          hanging.await();
          return Long.MAX_VALUE;
        });

    for (int i = 0; i < 100; i++) {
      space.look(threads);
    }

    assertThat(TestNode.await(threads.run(() -> "the other thread is free")))
        .isEqualTo("the other thread is free");
    await().untilAsserted(() -> assertThat(looks).hasValue(1));
    hanging.countDown();
  }
}

package dev.signalbox.platform.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.DiagnoseReply.Finding;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {

  private final AtomicLong nanos = new AtomicLong();
  private final Diagnostics diagnostics =
      new Diagnostics("p-1", "here", "1", InstantSource.system(), nanos::get);

  @AfterEach
  void close() {
    diagnostics.close();
  }

  private List<Finding> look() throws Exception {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    diagnostics.look().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    return diagnostics.reply().findings();
  }

  @Test
  void givenACheckOfAService_whenItFindsSomething_thenTheFindingHasItsServiceAndInstance()
      throws Exception {
    diagnostics.instance("file-service", "n-7");
    diagnostics.register(
        "file-service", "the quota", () -> List.of(Symptom.of(FindingCode.FILE_QUOTA, "full")));
    diagnostics.register(
        null,
        "databases",
        () -> List.of(new Symptom(FindingCode.STORAGE, "code-service", "", "gone")));

    assertThat(look())
        .extracting(Finding::code, Finding::service, Finding::node)
        .containsExactly(
            tuple("STORAGE", "code-service", null), tuple("FILE_QUOTA", "file-service", "n-7"));
    assertThat(diagnostics.reply().process()).isEqualTo("p-1");
    assertThat(diagnostics.reply().checkedAtEpochMs()).isPositive();
  }

  @Test
  void givenACheckThatThrows_whenLooked_thenThatIsAFindingAndTheOthersStillLook() throws Exception {
    diagnostics.register(
        null,
        "the moon",
        () -> {
          throw new IllegalStateException("no telescope");
        });
    diagnostics.register(null, "disk", () -> List.of(Symptom.of(FindingCode.DISK, "full")));

    List<Finding> findings = look();

    assertThat(findings).extracting(Finding::code).containsExactly("DISK", "CHECK_FAILED");
    assertThat(findings.getLast().detail()).contains("the moon", "no telescope");
  }

  @Test
  void givenACheckThatHangs_whenLookedAgain_thenItIsAFindingAndIsNotBegunAgainUntilItReturns()
      throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    diagnostics.register(
        null,
        "a disk that hangs",
        () -> {
          begun.incrementAndGet();
          end.await();
          return List.of();
        });
    diagnostics.register(null, "disk", () -> List.of(Symptom.of(FindingCode.DISK, "full")));

    assertThat(look()).extracting(Finding::code).containsExactly("DISK", "CHECK_FAILED");
    List<Finding> again = look();

    assertThat(again).extracting(Finding::code).containsExactly("DISK", "CHECK_FAILED");
    assertThat(again.getLast().detail()).contains("a disk that hangs has not returned for");
    assertThat(begun).hasValue(1);

    end.countDown();
    nanos.addAndGet(FindingHistory.HOLD.toNanos());
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> look().stream().noneMatch(each -> each.code().equals("CHECK_FAILED")));
    assertThat(begun.get()).isGreaterThan(1);
  }

  @Test
  void givenALook_whenAnotherFollowsAtOnce_thenTheChecksDoNotRunAgain() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    diagnostics.register(
        null,
        "count",
        () -> {
          runs.incrementAndGet();
          return List.of();
        });
    look();
    diagnostics.look().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertThat(runs).hasValue(1);
  }

  @Test
  void givenItIsClosed_whenAsked_thenItAnswersWithWhatItKnows() throws Exception {
    diagnostics.register(null, "disk", () -> List.of(Symptom.of(FindingCode.DISK, "full")));
    look();
    diagnostics.close();

    assertThat(look()).extracting(Finding::code).containsExactly("DISK");
  }

  @Test
  void givenABlockedEventLoop_whenChecked_thenItIsASymptomUntilItRunsAgain() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    EventExecutor good = new DefaultEventLoop();
    EventExecutor bad = new DefaultEventLoop();
    EventLoopCheck check = new EventLoopCheck(List.of(good, bad));
    try {
      assertThat(check.check()).isEmpty();
      bad.execute(() -> {
        try {
          end.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });

      assertThat(check.check()).extracting(Symptom::subject).containsExactly("event loop 1");
      assertThat(check.check()).extracting(Symptom::subject).containsExactly("event loop 1");

      end.countDown();
      await().untilAsserted(() -> assertThat(check.check()).isEmpty());
    } finally {
      end.countDown();
      good.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      bad.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}

package dev.signalbox.platform.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.DiagnoseReply;
import dev.signalbox.contracts.DiagnoseReply.Finding;
import dev.signalbox.platform.diagnostic.FindingHistory.Seen;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FindingHistoryTest {

  private static final long START_MS = 1_000_000;

  private long seconds;
  private final FindingHistory history =
      new FindingHistory(
          () -> Instant.ofEpochMilli(START_MS + seconds * 1_000),
          () -> TimeUnit.SECONDS.toNanos(seconds));

  private static Seen seen(FindingCode code, String detail) {
    return new Seen("code-service", "n-1", Symptom.of(code, detail));
  }

  private void look(Seen... seen) {
    history.update(List.of(seen));
  }

  private List<String> codes() {
    return history.findings().stream().map(Finding::code).toList();
  }

  @Test
  void givenASymptom_whenSeenAgainLater_thenItsBeginningStaysAndItsDetailIsTheLast() {
    look(seen(FindingCode.STORAGE, "one"));
    seconds = 10;
    look(seen(FindingCode.STORAGE, "two"));

    Finding finding = history.findings().getFirst();
    assertThat(history.findings()).hasSize(1);
    assertThat(finding.sinceEpochMs()).isEqualTo(START_MS);
    assertThat(finding.detail()).isEqualTo("two");
    assertThat(finding.severity()).isEqualTo("error");
    assertThat(finding.service()).isEqualTo("code-service");
    assertThat(finding.node()).isEqualTo("n-1");
    assertThat(finding.docs()).isEqualTo("docs/operations/troubleshoot.md#storage");
  }

  @Test
  void givenASymptomThatComesAndGoes_whenBackWithinTheHold_thenItIsOneFinding() {
    look(seen(FindingCode.STORAGE, "one"));
    seconds = 10;
    look();
    assertThat(codes()).containsExactly("STORAGE");
    seconds = 12;
    look(seen(FindingCode.STORAGE, "two"));

    assertThat(history.findings().getFirst().sinceEpochMs()).isEqualTo(START_MS);
  }

  @Test
  void givenASymptomThatIsOver_whenBackAfterTheHold_thenItBeginsAnew() {
    look(seen(FindingCode.STORAGE, "one"));
    seconds = 13;
    look();
    assertThat(codes()).isEmpty();
    seconds = 20;
    look(seen(FindingCode.STORAGE, "two"));

    assertThat(history.findings().getFirst().sinceEpochMs()).isEqualTo(START_MS + 20_000);
  }

  @Test
  void givenACodeThatMustLast_whenItHasNot_thenItIsNotToldYet() {
    look(seen(FindingCode.QUEUE, "3 wait"));
    assertThat(codes()).isEmpty();
    seconds = 9;
    look(seen(FindingCode.QUEUE, "3 wait"));
    assertThat(codes()).isEmpty();
    seconds = 10;
    look(seen(FindingCode.QUEUE, "3 wait"));

    assertThat(history.findings().getFirst().sinceEpochMs()).isEqualTo(START_MS);
  }

  @Test
  void givenSeveralFindings_whenListed_thenErrorsAreFirstAndThenTheOldest() {
    look(seen(FindingCode.OVERLOADED, "x"));
    seconds = 1;
    look(seen(FindingCode.OVERLOADED, "x"), seen(FindingCode.TRACES, "x"));
    seconds = 2;
    look(seen(FindingCode.OVERLOADED, "x"), seen(FindingCode.STORAGE, "x"));

    assertThat(codes()).containsExactly("STORAGE", "OVERLOADED");
  }

  @Test
  void givenMoreSymptomsThanThereMayBe_whenSeen_thenTheRestIsLeftOut() {
    history.update(
        IntStream.range(0, 1_000)
            .mapToObj(i ->
                new Seen(
                    null, null, Symptom.of(FindingCode.OVERLOADED, "operation " + i, "refused")))
            .toList());

    assertThat(history.findings()).hasSize(DiagnoseReply.MOST_FINDINGS);
  }

  @Test
  void givenALongDetail_whenItIsASymptom_thenItIsCut() {
    assertThat(Symptom.of(FindingCode.STORAGE, "x".repeat(10_000)).detail())
        .hasSize(Symptom.LONGEST_DETAIL)
        .endsWith("x…");
  }
}

package dev.signalbox.serverfactory.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalTest {

  private static final ServerRequestFilter ALL =
      new ServerRequestFilter(null, null, null, null, null, false, null);
  private static final MemoryBudget NO_MORE = new MemoryBudget(0);

  private static JournalEntry entry(
      String method, String target, String body, @Nullable String route, int status) {
    return new JournalEntry(
        1,
        SocketAddress.inetSocketAddress(1, "127.0.0.1"),
        method,
        target,
        HttpVersion.HTTP_1_1,
        MultiMap.caseInsensitiveMultiMap().add("Host", "x"),
        Buffer.buffer(body),
        body.length(),
        route,
        status,
        null,
        5,
        null);
  }

  private static Journal filled(int entries, int added) {
    Journal journal = new Journal(entries, 100, new MemoryBudget(1_000_000));
    for (int i = 1; i <= added; i++) {
      journal.add(entry("GET", "/" + i, "", "r", 200));
    }
    return journal;
  }

  @Test
  void givenTenThousandRequests_whenAThousandAreKept_thenTheyAreTheLast() {
    Journal journal = filled(1_000, 10_000);

    ListServerRequestsReply reply = journal.list(0, 1_000, ALL);

    assertThat(reply.requests()).hasSize(1_000);
    assertThat(reply.requests().getFirst().number()).isEqualTo(9_001);
    assertThat(reply.requests().getLast().target()).isEqualTo("/10000");
    assertThat(reply.forgotten()).isEqualTo(9_000);
    assertThat(reply.next()).isNull();
    assertThat(journal.count(ALL).count()).isEqualTo(1_000);
  }

  @Test
  void givenMoreThanOnePage_whenTheyAreRead_thenNoRequestIsMissedOrSeenTwice() {
    Journal journal = filled(100, 25);
    StringBuilder seen = new StringBuilder();
    Long after = 0L;
    while (after != null) {
      ListServerRequestsReply reply = journal.list(after, 10, ALL);
      reply.requests().forEach(request -> seen.append(request.number()).append(' '));
      after = reply.next();
    }
    StringBuilder all = new StringBuilder();
    for (int i = 1; i <= 25; i++) {
      all.append(i).append(' ');
    }

    assertThat(seen.toString()).isEqualTo(all.toString());
  }

  @Test
  void givenNoBudget_whenRequestsCome_thenAJournalKeepsWhatFitsIntoItsOwnBytes() {
    Journal journal = new Journal(10_000, 100, NO_MORE);
    for (int i = 0; i < 10_000; i++) {
      journal.add(entry("GET", "/", "x".repeat(100), "r", 200));
    }

    long kept = journal.count(ALL).count();

    assertThat(kept).isPositive().isLessThan(Journal.OWN_BYTES / 400);
    assertThat(journal.count(ALL).forgotten()).isEqualTo(10_000 - kept);
    assertThat(NO_MORE.held()).isZero();
  }

  @Test
  void givenAFullJournal_whenItIsCleared_thenItGivesItsBudgetBackAndNumbersGoOn() {
    MemoryBudget budget = new MemoryBudget(1_000_000);
    Journal journal = new Journal(10_000, 10_000, budget);
    for (int i = 0; i < 100; i++) {
      journal.add(entry("GET", "/", "x".repeat(5_000), "r", 200));
    }
    assertThat(budget.held()).isPositive();

    journal.clear();
    journal.add(entry("GET", "/", "", "r", 200));

    assertThat(budget.held()).isZero();
    assertThat(journal.list(0, 10, ALL).requests().getFirst().number()).isEqualTo(101);
    assertThat(journal.list(0, 10, ALL).forgotten()).isZero();
  }

  @Test
  void givenAJournalOfNoEntries_whenARequestComes_thenItIsForgotten() {
    Journal journal = filled(0, 3);

    assertThat(journal.list(0, 10, ALL).requests()).isEmpty();
    assertThat(journal.list(0, 10, ALL).forgotten()).isEqualTo(3);
  }

  @Test
  void givenALongBody_whenItIsKept_thenOnlyItsFirstBytesAre() {
    Journal journal = new Journal(10, 3, NO_MORE);

    assertThat(journal.kept(Buffer.buffer("abcdef")).toString()).isEqualTo("abc");
    assertThat(journal.kept(Buffer.buffer("ab")).toString()).isEqualTo("ab");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          POST, -,  -,  -, -,   false, -,  1
          -,    /a, -,  -, -,   false, -,  2
          -,    -,  /a, -, -,   false, -,  3
          -,    -,  -,  r, -,   false, -,  2
          -,    -,  -,  -, 404, false, -,  1
          -,    -,  -,  -, -,   true,  -,  1
          -,    -,  -,  -, -,   false, el, 1
          GET,  /a, -,  r, 200, false, -,  1
          """)
  void givenAFilter_whenTheJournalIsCounted_thenOnlyWhatItMeansCounts(
      @Nullable String method,
      @Nullable String path,
      @Nullable String prefix,
      @Nullable String route,
      @Nullable Integer status,
      boolean unmatched,
      @Nullable String body,
      long count) {
    Journal journal = new Journal(10, 100, NO_MORE);
    journal.add(entry("GET", "/a?x=1", "", "r", 200));
    journal.add(entry("POST", "/a", "hello", "r", 201));
    journal.add(entry("GET", "/ab", "", null, 404));

    assertThat(
            journal
                .count(
                    new ServerRequestFilter(method, path, prefix, route, status, unmatched, body))
                .count())
        .isEqualTo(count);
  }
}

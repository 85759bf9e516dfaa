package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.limit.ConcurrencyLimiter.Permit;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A released permit goes to the first in the queue who may have it, whatever happened before. */
@ExtendWith(VertxExtension.class)
class ConcurrencyLimiterModelTest {

  private static final long LONG_MS = 60_000;
  private static final int STEPS = 400;
  private static final List<List<String>> CLIENTS =
      List.of(
          List.of("a"),
          List.of("b"),
          List.of("c"),
          List.of("a", "t"),
          List.of("b", "t"),
          List.of("b", "u"),
          List.of("c", "u"),
          List.of());

  private record Entry(Permit permit, List<String> client) {}

  /** Goes through its whole queue each time. */
  private static final class Model {

    private final int maxInFlight;
    private final int maxPerClient;
    private final List<Entry> held = new ArrayList<>();
    private final List<Entry> queue = new ArrayList<>();

    private Model(int maxInFlight, int maxPerClient) {
      this.maxInFlight = maxInFlight;
      this.maxPerClient = maxPerClient;
    }

    private boolean mayHave(Entry entry) {
      return held.size() < maxInFlight
          && entry.client().stream()
              .allMatch(name ->
                  held.stream().filter(other -> other.client().contains(name)).count()
                      < maxPerClient);
    }

    private void acquire(Entry entry) {
      queue.add(entry);
      admit();
    }

    private void release(Entry entry) {
      queue.remove(entry);
      held.remove(entry);
      admit();
    }

    private void admit() {
      for (Entry next : List.copyOf(queue)) {
        if (mayHave(next)) {
          queue.remove(next);
          held.add(next);
        }
      }
    }

    private Entry any(Random random) {
      int at = random.nextInt(held.size() + queue.size());
      return at < held.size() ? held.get(at) : queue.get(at - held.size());
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  private static Set<Permit> identities(List<Entry> entries) {
    Set<Permit> permits = new HashSet<>();
    entries.forEach(entry -> permits.add(entry.permit()));
    return permits;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givenAnySequence_whenPermitsAreReleased_thenTheSameHoldOneAsByASearchOfTheWholeQueue(
      int seed, Vertx vertx) {
    Random random = new Random(seed);
    int most = 2 + random.nextInt(7);
    int share = 1 + random.nextInt(most);
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(most, share, STEPS);
    Model model = new Model(most, share);
    ContextInternal loop = ((VertxInternal) vertx).createEventLoopContext();
    List<Entry> all = new ArrayList<>();

    for (int step = 0; step < STEPS; step++) {
      boolean comes = model.held.isEmpty() || random.nextInt(100) < 52;
      if (comes) {
        List<String> client = CLIENTS.get(random.nextInt(CLIENTS.size()));
        Entry entry = new Entry(limiter.acquire(client, loop, LONG_MS), client);
        all.add(entry);
        model.acquire(entry);
      } else {
        Entry entry = model.any(random);
        entry.permit().release();
        model.release(entry);
      }

      assertThat(limiter.inFlight()).isEqualTo(model.held.size());
      assertThat(limiter.waiting()).isEqualTo(model.queue.size());
      assertThat(identities(model.held)).allMatch(permit -> permit.granted().succeeded());
      assertThat(identities(model.queue)).noneMatch(permit -> permit.granted().isComplete());
    }

    Collections.shuffle(all, random);
    all.forEach(entry -> entry.permit().release());
    assertThat(limiter.inFlight()).isZero();
    assertThat(limiter.waiting()).isZero();
    assertThat(limiter.clients()).isZero();
  }
}

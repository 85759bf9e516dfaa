package dev.signalbox.platform.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random responses, beside a model of what each of them holds. */
class UnreadBodiesPropertiesTest {

  private static final int LIMIT = 100;
  private static final int RESPONSES = 12;

  enum Action {
    TAKE,
    TAKE_AHEAD,
    GIVE_BACK,
    PROGRESS,
    CATCH_UP,
    END
  }

  record Step(Action action, int response, int bytes, long nanos) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            // Mostly takes, so that there is no room.
            Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(Action.TAKE)),
                Tuple.of(3, Arbitraries.of(Action.values()))),
            Arbitraries.integers().between(0, RESPONSES - 1),
            Arbitraries.integers().between(1, LIMIT / 2 + 10),
            Arbitraries.longs().between(0, 1_000_000_000))
        .as(Step::new)
        .list()
        .ofMaxSize(200);
  }

  @Property(tries = 300)
  void holdsWhatIsTakenAndCutsOnlyClientsThatDoNotRead(@ForAll("steps") List<Step> steps) {
    new Model().run(steps);
  }

  /** One response; a new one takes its place when it is over. */
  private static final class Modelled {

    private final UnreadBodies.Share share;
    private long bytes;
    private long progressAt;
    private boolean caughtUp;

    private Modelled(UnreadBodies.Share share) {
      this.share = share;
    }
  }

  private static final class Model {

    private final MemoryBudget memory = new MemoryBudget(LIMIT);
    private final UnreadBodies bodies = new UnreadBodies(memory, this::now);
    private final List<Modelled> responses = new ArrayList<>();
    private long now;
    private long wanted;

    Model() {
      for (int i = 0; i < RESPONSES; i++) {
        responses.add(open(i));
      }
    }

    private long now() {
      return now;
    }

    private Modelled open(int number) {
      return new Modelled(bodies.share(Runnable::run, () -> onCut(number)));
    }

    private void onCut(int number) {
      Modelled victim = responses.get(number);
      assertThat(victim.bytes).as("bytes of one that is cut").isPositive();
      assertThat(victim.caughtUp).as("there is something to take").isFalse();
      assertThat(reads(victim)).as("has read a moment ago").isFalse();
      assertThat(memory.held() + victim.bytes + wanted)
          .as("held before the cut, and what is wanted")
          .isGreaterThan(LIMIT);
      responses.set(number, open(number));
    }

    private boolean reads(Modelled response) {
      return now - response.progressAt < UnreadBodies.PATIENCE_NANOS;
    }

    private void run(List<Step> steps) {
      for (Step step : steps) {
        now += step.nanos;
        apply(step);
        assertThat(memory.held())
            .isEqualTo(responses.stream().mapToLong(response -> response.bytes).sum())
            .isBetween(0L, (long) LIMIT);
      }
    }

    private void apply(Step step) {
      Modelled response = responses.get(step.response);
      switch (step.action) {
        case TAKE -> take(response, step.bytes);
        case TAKE_AHEAD -> {
          boolean half = memory.held() + step.bytes <= LIMIT / 2;
          assertThat(response.share.takeAhead(step.bytes)).isEqualTo(half);
          if (half) {
            taken(response, step.bytes);
          }
        }
        case GIVE_BACK -> {
          long less = Math.min(step.bytes, response.bytes);
          response.share.giveBack(less);
          response.bytes -= less;
        }
        case PROGRESS -> {
          response.share.progress();
          response.caughtUp = false;
          response.progressAt = now;
        }
        case CATCH_UP -> {
          response.share.caughtUp();
          response.caughtUp = true;
        }
        case END -> {
          response.share.end();
          responses.set(step.response, open(step.response));
        }
      }
    }

    private void take(Modelled response, int bytes) {
      wanted = bytes;
      boolean possible = response.bytes + bytes <= LIMIT;
      long cutBefore = bodies.cut();
      if (response.share.take(bytes)) {
        assertThat(possible).isTrue();
        taken(response, bytes);
      } else if (possible) {
        assertThat(slow(response)).as("those that do not read").isEmpty();
      } else {
        assertThat(bodies.cut()).isEqualTo(cutBefore);
      }
    }

    /** All that hold memory and do not read, but one. */
    private List<Modelled> slow(Modelled but) {
      return responses.stream()
          .filter(response -> response != but)
          .filter(response -> response.bytes > 0 && !response.caughtUp && !reads(response))
          .toList();
    }

    private void taken(Modelled response, int bytes) {
      if (response.bytes == 0 && !response.caughtUp) {
        response.progressAt = now;
      }
      response.bytes += bytes;
    }
  }
}

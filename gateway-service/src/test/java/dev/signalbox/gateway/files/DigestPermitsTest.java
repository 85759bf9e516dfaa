package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.limit.ConcurrencyLimiter.RefusedException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Permits of digests are shared between clients. */
@ExtendWith(VertxExtension.class)
class DigestPermitsTest {

  private static final long LONG_MS = 60_000;

  private final DigestPermits permits = new DigestPermits();
  private final List<String> begun = new ArrayList<>();
  private final List<Promise<String>> computing = new ArrayList<>();

  private Future<String> ask(Vertx vertx, String client) {
    DigestPermits.Permit permit =
        permits.acquire(client, (ContextInternal) vertx.getOrCreateContext(), LONG_MS);
    return permit
        .granted()
        .compose(_ -> {
          begun.add(client);
          Promise<String> promise = Promise.promise();
          computing.add(promise);
          return promise.future();
        })
        .onComplete(_ -> permit.release());
  }

  @Test
  void givenAClientThatAsksForAHundred_whenOthersAsk_thenTheyBeginBeforeItsThird(
      Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(_ ->
        test.verify(() -> {
          List<Future<String>> many = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            many.add(ask(vertx, "192.0.2.1"));
          }
          ask(vertx, "192.0.2.2");
          ask(vertx, "192.0.2.3");
          ask(vertx, "192.0.2.4");
          assertThat(begun).containsExactly("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3");

          computing.getFirst().complete("x");
          many.getFirst()
              .onComplete(
                  test.succeeding(_ ->
                      test.verify(() -> {
                        assertThat(begun).hasSize(5).last().isEqualTo("192.0.2.4");
                        test.completeNow();
                      })));
        }));
  }

  @Test
  void givenAClientThatAsksForMoreThanItsQueueHas_whenItAsks_thenOnlyItIsRefused(
      Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(_ ->
        test.verify(() -> {
          for (int i = 0; i < 102; i++) {
            ask(vertx, "192.0.2.1");
          }
          assertThat(ask(vertx, "192.0.2.1").cause()).isInstanceOf(RefusedException.class);
          assertThat(ask(vertx, "192.0.2.2").failed()).isFalse();
          assertThat(begun).contains("192.0.2.2");
          test.completeNow();
        }));
  }

  @Test
  void givenAllDone_whenTheLastEnds_thenNoClientIsRemembered(Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(_ -> {
      Future<String> one = ask(vertx, "192.0.2.1");
      Future<String> other = ask(vertx, "2001:db8::1");
      computing.forEach(promise -> promise.complete("x"));
      Future.all(one, other)
          .onComplete(
              test.succeeding(_ ->
                  test.verify(() -> {
                    assertThat(permits.size()).isZero();
                    test.completeNow();
                  })));
    });
  }

  @Test
  void givenPermitsThatWait_whenReleased_thenTheyHoldNothingAndTheNextIsGranted(
      Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(_ ->
        test.verify(() -> {
          ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
          List<DigestPermits.Permit> held = new ArrayList<>();
          for (String client : List.of("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")) {
            held.add(permits.acquire(client, context, LONG_MS));
          }
          DigestPermits.Permit waitsForItsOwn = permits.acquire("192.0.2.1", context, LONG_MS);
          DigestPermits.Permit waitsForAny = permits.acquire("192.0.2.4", context, LONG_MS);
          Future<String> last = ask(vertx, "192.0.2.5");

          waitsForItsOwn.release();
          waitsForAny.release();
          held.forEach(DigestPermits.Permit::release);
          held.forEach(DigestPermits.Permit::release);

          assertThat(waitsForAny.granted().isComplete()).isFalse();
          assertThat(permits.size()).isEqualTo(1);
          vertx.runOnContext(_ -> computing.getFirst().complete("x"));
          last.onComplete(
              test.succeeding(_ ->
                  test.verify(() -> {
                    assertThat(permits.size()).isZero();
                    test.completeNow();
                  })));
        }));
  }
}

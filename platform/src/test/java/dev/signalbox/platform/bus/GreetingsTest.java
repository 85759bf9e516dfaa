package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Members that speak with each other over one event bus. */
@ExtendWith(VertxExtension.class)
class GreetingsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private int port;

  /** A member that membership tells of some others. */
  private Members member(Vertx vertx, String node, String... listed) throws Exception {
    Members members = new Members(node);
    members.address(new NodeInfo("127.0.0.1", ++port, null));
    for (String other : listed) {
      members.listed(other, "127.0.0.1", 1_000, System.nanoTime());
    }
    new Greetings(vertx, members).begin().await(20, TimeUnit.SECONDS);
    return members;
  }

  @Test
  void aNewcomerThatMembershipTellsOfOneMemberKnowsAllWhenItHasBegun(Vertx vertx) throws Exception {
    member(vertx, "first");
    member(vertx, "second", "first");
    member(vertx, "third", "second");

    Members newcomer = member(vertx, "newcomer", "first");

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(newcomer.nodes())
                .containsExactlyInAnyOrder("newcomer", "first", "second", "third"));
  }

  @Test
  void twoNewcomersOfTheTwoPartsOfASplitReachEachOther(Vertx vertx) throws Exception {
    Members first = member(vertx, "first");
    Members second = member(vertx, "second", "first");
    first.unlisted("second");
    second.unlisted("first");

    Members left = member(vertx, "left", "first");
    Members right = member(vertx, "right", "second");

    for (Members each : List.of(first, second, left, right)) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(each.nodes())
                  .containsExactlyInAnyOrder("first", "second", "left", "right"));
    }
  }

  @Test
  void aMemberThatLeftIsNotBroughtBackByAnothersWords(Vertx vertx) throws Exception {
    Members first = member(vertx, "first");
    member(vertx, "second", "first");

    // As one tells that has not heard of the end of a third.
    first.heard(
        new Hello(
            "second",
            "127.0.0.1",
            2,
            9,
            Set.of(),
            false,
            0,
            0,
            List.of(new Hello.Peer("third", "127.0.0.1", 99))),
        System.nanoTime());

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(first.toAsk(true)).containsExactly("second"));
    assertThat(first.unreachable()).isZero();
  }
}

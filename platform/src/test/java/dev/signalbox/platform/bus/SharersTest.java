package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.Operation;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class SharersTest {

  private static final Operation<Empty, Empty> ASK = operation("dns.resolve");
  private static final Operation<Empty, Empty> PROBE = operation("http-probe.run");

  private final Members members = new Members("here");

  private static Operation<Empty, Empty> operation(String address) {
    return Operation.repeatable(address, Empty.class, Empty.class, Duration.ofSeconds(1));
  }

  private void hears(String node, int port, long version, String... addresses) {
    members.heard(
        new Hello(node, "10.0.0.1", port, version, Set.of(addresses), false, 0, 0, null), 0);
  }

  @Test
  void givenNobodyServesYet_whenAsked_thenThereIsOne() {
    assertThat(new Sharers(members, ASK).getAsInt()).isEqualTo(1);
  }

  @Test
  void givenProcessesThatServeOneOrBoth_whenAsked_thenEachCountsOnce() {
    members.serves("dns.resolve");
    members.serves("http-probe.run");
    hears("a", 1, 1, "dns.resolve", "http-probe.run");
    hears("b", 2, 1, "http-probe.run");
    hears("c", 3, 1, "file.list");

    assertThat(new Sharers(members, ASK, PROBE).getAsInt()).isEqualTo(3);
    assertThat(new Sharers(members, ASK).getAsInt()).isEqualTo(2);
  }

  @Test
  void givenOneThatWasAsked_whenMembersComeAndGo_thenItFollows() {
    IntSupplier sharers = new Sharers(members, ASK);
    members.serves("dns.resolve");
    assertThat(sharers.getAsInt()).isEqualTo(1);

    hears("a", 1, 1, "dns.resolve");
    assertThat(sharers.getAsInt()).isEqualTo(2);
    hears("a", 1, 2);
    assertThat(sharers.getAsInt()).isEqualTo(1);
    members.withdraws("dns.resolve");

    assertThat(sharers.getAsInt()).isEqualTo(1);
  }

  @Test
  void givenABusThatIsAlone_whenAsked_thenThereIsOne() {
    Vertx vertx = Vertx.vertx();
    try {
      assertThat(Bus.on(vertx).sharers(ASK, PROBE).getAsInt()).isEqualTo(1);
    } finally {
      vertx.close().await();
    }
  }
}

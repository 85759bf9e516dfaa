package dev.signalbox.platform.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.net.IpLiteral;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnAddressesTest {

  private static final InetAddress OLD = IpLiteral.parse("9.9.9.9").orElseThrow();
  private static final InetAddress NEW = IpLiteral.parse("2606:4700::7").orElseThrow();

  private final AtomicLong clock = new AtomicLong(-7);
  private final AtomicReference<@Nullable Set<InetAddress>> interfaces =
      new AtomicReference<>(Set.of(OLD));
  private final OwnAddresses own = new OwnAddresses(this::read, clock::get);

  @Test
  void all_addresses_of_all_interfaces_are_own() throws SocketException {
    assertThat(NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses))
        .isNotEmpty()
        .allMatch(OwnAddresses.OF_THIS_MACHINE::contain);
    assertThat(OwnAddresses.OF_THIS_MACHINE.contain(OLD)).isFalse();
  }

  @Test
  void addresses_are_read_again_when_they_are_old() {
    assertThat(own.contain(OLD)).isTrue();
    interfaces.set(Set.of(NEW));
    clock.addAndGet(OwnAddresses.MOST_AGE - 1);
    assertThat(own.contain(NEW)).isFalse();

    clock.addAndGet(1);

    assertThat(own.contain(NEW)).isTrue();
    assertThat(own.contain(OLD)).isFalse();
  }

  @Test
  void the_last_ones_read_count_while_none_can_be_read() {
    assertThat(own.contain(OLD)).isTrue();
    interfaces.set(null);

    clock.addAndGet(OwnAddresses.MOST_AGE);

    assertThat(own.contain(OLD)).isTrue();
  }

  @Test
  void none_is_own_while_none_could_ever_be_read() {
    interfaces.set(null);
    assertThat(own.contain(OLD)).isFalse();

    interfaces.set(Set.of(OLD));
    clock.addAndGet(OwnAddresses.MOST_AGE);

    assertThat(own.contain(OLD)).isTrue();
  }

  private Set<InetAddress> read() throws SocketException {
    Set<InetAddress> found = interfaces.get();
    if (found == null) {
      throw new SocketException("no interfaces");
    }
    return found;
  }
}

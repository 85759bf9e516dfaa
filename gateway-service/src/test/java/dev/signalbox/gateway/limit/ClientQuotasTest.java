package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.limit.ClientQuotas.Client;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientQuotasTest {

  private static SocketAddress address(String host) {
    return SocketAddress.inetSocketAddress(1234, host);
  }

  @Test
  void givenAsManyConnectionsAsAllowed_whenAnotherComes_thenOnlyItsClientIsRefused() {
    ClientQuotas quotas = new ClientQuotas(2, 1);
    quotas.tryConnect(address("127.0.0.1"));
    Client client = quotas.tryConnect(address("127.0.0.1"));

    assertThat(quotas.tryConnect(address("127.0.0.1"))).isNull();
    assertThat(quotas.tryConnect(address("127.0.0.2"))).isNotNull();

    client.disconnect();
    assertThat(quotas.tryConnect(address("127.0.0.1"))).isNotNull();
  }

  @Test
  void givenAsManyRequestsAsAllowed_whenOneEnds_thenAnotherMayBegin() {
    Client client = new ClientQuotas(10, 2).tryConnect(address("127.0.0.1"));

    assertThat(client.tryBeginRequest()).isTrue();
    assertThat(client.tryBeginRequest()).isTrue();
    assertThat(client.tryBeginRequest()).isFalse();
    assertThat(client.tryBeginRequest()).isFalse();
    client.endRequest();
    assertThat(client.tryBeginRequest()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8::1, 2001:db8::2, true",
    "2001:db8::1, 2001:db8:0:0:ffff::, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
    "192.0.2.1, 192.0.2.2, false"
  })
  void addressesOfOneNetworkAreOneClientInIpv6(String one, String other, boolean same) {
    ClientQuotas quotas = new ClientQuotas(1, 1);
    quotas.tryConnect(address(one));

    assertThat(quotas.tryConnect(address(other)) == null).isEqualTo(same);
  }

  @Test
  void givenTenThousandClients_whenAllHaveLeft_thenNoneIsKept() {
    ClientQuotas quotas = new ClientQuotas(3, 3);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      clients.add(quotas.tryConnect(address("10.0." + i / 250 + "." + i % 250)));
    }
    assertThat(quotas.size()).isEqualTo(10_000);

    clients.forEach(Client::disconnect);

    assertThat(quotas.size()).isZero();
  }

  @Test
  void givenAProxy_whenItHasMoreConnectionsThanAClientMay_thenNoneIsRefusedAndNoneIsKept() {
    ClientQuotas quotas = new ClientQuotas(1, 1);
    Client first = quotas.connectProxy(address("10.0.0.1"));
    Client second = quotas.connectProxy(address("10.0.0.1"));

    // The connections of the proxy are not those of a client at the same address.
    assertThat(quotas.tryConnect(address("10.0.0.1"))).isNotNull().isNotSameAs(first);
    assertThat(second).isSameAs(first);

    first.disconnect();
    second.disconnect();
    assertThat(quotas.size()).isEqualTo(1);
  }

  @Test
  void givenRequestsOfOneClientByProxiesAndByItself_whenTheyAreOpen_thenTheyAreCountedTogether() {
    ClientQuotas quotas = new ClientQuotas(1, 1);
    Client held = quotas.hold("203.0.113.9");
    assertThat(held.tryBeginRequest()).isTrue();

    Client connected = quotas.tryConnect(address("203.0.113.9"));
    assertThat(connected).isNotNull();
    assertThat(connected.tryBeginRequest()).isFalse();

    held.endRequest();
    held.release();
    assertThat(connected.tryBeginRequest()).isTrue();
    connected.disconnect();
    assertThat(quotas.size()).isZero();
  }
}

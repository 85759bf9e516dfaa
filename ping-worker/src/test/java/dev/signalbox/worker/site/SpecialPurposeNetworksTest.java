package dev.signalbox.worker.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.signalbox.contracts.net.Cidr;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a site may have networks pinged that are not of the Internet. */
class SpecialPurposeNetworksTest {

  private static JsonNode lease(String block, String... exclude) throws IOException {
    return new ObjectMapper()
        .readTree(
            """
            {"lease_id":"a","token":"t","expires_at":"%s",
             "tasks":[{"task_index":%d,"exclude":[%s]}]}\
            """
                .formatted(
                    Instant.now().plusSeconds(600),
                    Cidr.parseV4(block).firstV4() >>> 16,
                    Arrays.stream(exclude)
                        .map(network -> '"' + network + '"')
                        .collect(Collectors.joining(","))));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0, 10.0.0.0/8",
    "10.255.0.0, 10.0.0.0/8",
    "100.64.0.0, 100.64.0.0/10",
    "100.127.0.0, 100.64.0.0/10",
    "127.9.0.0, 127.0.0.0/8",
    "169.254.0.0, 169.254.0.0/16",
    "172.16.0.0, 172.16.0.0/12",
    "172.31.0.0, 172.16.0.0/12",
    "192.0.0.0, 192.0.0.0/24",
    "192.88.0.0, 192.88.99.0/24",
    "192.168.0.0, 192.168.0.0/16",
    "198.18.0.0, 198.18.0.0/15",
    "198.19.0.0, 198.18.0.0/15",
    "198.51.0.0, 198.51.100.0/24",
    "203.0.0.0, 203.0.113.0/24"
  })
  void givenASiteOfTheInternet_whenItLeasesANetworkThatIsNot_thenItSaysWhichAndItIsNotUsed(
      String block, String network) throws IOException {
    JsonNode lease = lease(block);

    assertThatThrownBy(() -> Answers.lease(lease, 1, false))
        .isInstanceOfSatisfying(
            SiteException.class,
            refused -> {
              // Neither a lease nor its site go on: see Heartbeats and LeaseRequester.
              assertThat(refused.code()).isEqualTo(SiteException.NOT_INTERNET);
              assertThat(refused.isTemporary()).isTrue();
            })
        .hasMessageContaining("has addresses of " + network + ", which are not of the Internet");
    assertThatThrownBy(() -> Answers.renewal(lease, false)).isInstanceOf(SiteException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0", "127.9.0.0", "192.0.0.0", "192.168.0.0"})
  void givenASiteOfAPrivateNetwork_whenItLeasesSuch_thenItMay(String block) throws IOException {
    assertThat(Answers.lease(lease(block), 1, true).tasks()).hasSize(1);
    assertThat(Answers.renewal(lease(block), true).exclude()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.0.0, 192.0.0.0/24, 192.0.2.0/24",
    "192.0.0.0, 192.0.0.0/23, 192.0.2.0/23",
    "198.51.0.0, 198.51.100.0/25, 198.51.100.128/25",
    "10.3.0.0, 10.0.0.0/8, 10.0.0.0/8",
    "9.255.0.0, 1.2.3.4/32, 1.2.3.4/32",
    "172.32.0.0, 1.2.3.4/32, 1.2.3.4/32",
    "100.128.0.0, 1.2.3.4/32, 1.2.3.4/32"
  })
  void givenASiteOfTheInternet_whenItLeavesSuchNetworksOut_thenTheRestMayBePinged(
      String block, String first, String second) throws IOException {
    assertThat(Answers.lease(lease(block, first, second), 1, false).tasks()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"192.0.0.0/24, 192.0.2.0/25", "192.0.0.0/24, 192.0.3.0/24"})
  void givenASiteOfTheInternet_whenItLeavesOutAPartOfSuch_thenTheLeaseIsNotUsed(
      String first, String second) throws IOException {
    JsonNode lease = lease("192.0.0.0", first, second);

    assertThatThrownBy(() -> Answers.lease(lease, 1, false)).hasMessageContaining("192.0.2.0/24");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.20.0.1",
        "192.168.178.1",
        "100.100.0.1",
        "169.254.1.1",
        "::1",
        "0:0:0:0:0:0:0:1",
        "fe80::1",
        "fe80::1%eth9",
        "fd00::1",
        "::ffff:10.0.0.1"
      })
  void givenAnAddress_whenItIsOfTheVolunteersNetwork_thenItIsPrivate(String address) {
    assertThat(SpecialPurposeNetworks.isPrivate(address)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "1.1.1.1",
        "2001:db8::1",
        "::ffff:1.1.1.1",
        "198.18.0.7", // of tunnels that make up addresses for public names
        "192.0.2.1",
        "224.0.0.1",
        "0.0.0.0",
        "host",
        ""
      })
  void givenAnAddress_whenItIsOfTheInternetOrNone_thenItIsNotPrivate(String address) {
    assertThat(SpecialPurposeNetworks.isPrivate(address)).isFalse();
  }
}

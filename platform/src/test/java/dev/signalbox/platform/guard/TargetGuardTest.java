package dev.signalbox.platform.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.contracts.net.IpLiteral;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetGuardTest {

  private static final TargetGuard STRICT = guard(false, List.of(), List.of());
  private static final TargetGuard HOME = guard(true, List.of(), List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.0.9",
        "192.31.196.1",
        "223.255.255.255",
        "100.63.255.255",
        "100.128.0.0",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2001:1::1",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2620:4f:8000::1"
      })
  void lets_public_addresses_through(String address) {
    assertThat(STRICT.judge(ip(address))).isInstanceOf(Verdict.Allowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "100.100.100.200",
        "::",
        "::1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "3fff::1",
        "5f00::1",
        "4000::1",
        "fc00::1",
        "fdff::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void blocks_every_special_purpose_address(String address) {
    assertThat(STRICT.judge(ip(address))).isInstanceOf(Verdict.Blocked.class);
  }

  @Test
  void judges_mapped_bytes_that_never_became_an_ipv4_address() {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    assertThat(STRICT.judge(mapped)).isInstanceOf(Verdict.Blocked.class);
    mapped[12] = 8;
    assertThat(STRICT.judge(mapped)).isInstanceOf(Verdict.Allowed.class);
  }

  @Test
  void judges_both_addresses_inside_a_teredo_address() {
    // Server 8.8.8.8, client 127.0.0.1 with every bit inverted.
    assertThat(STRICT.judge(ip("2001:0:808:808::80ff:fffe"))).isInstanceOf(Verdict.Blocked.class);
    assertThat(STRICT.judge(ip("2001:0:7f00:1::f7f7:f7f7"))).isInstanceOf(Verdict.Blocked.class);
    assertThat(STRICT.judge(ip("2001:0:808:808::f7f7:f7f7"))).isInstanceOf(Verdict.Allowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "192.168.1.1",
        "100.64.0.1",
        "fd12::1",
        "::7f00:1"
      })
  void lets_private_addresses_through_when_told(String address) {
    assertThat(HOME.judge(ip(address))).isInstanceOf(Verdict.Allowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "169.254.169.254",
        "169.254.1.1",
        "100.100.100.200",
        "fd00:ec2::254",
        "224.0.0.1",
        "fe80::1",
        "255.255.255.255",
        "64:ff9b::a9fe:a9fe"
      })
  void private_does_not_mean_everything(String address) {
    assertThat(HOME.judge(ip(address))).isInstanceOf(Verdict.Blocked.class);
  }

  @Test
  void one_forbidden_address_forbids_all() {
    Verdict verdict = STRICT.judge(List.of(ip("8.8.8.8"), ip("127.0.0.1")));
    assertThat(verdict).isInstanceOf(Verdict.Blocked.class);
    assertThat(((Verdict.Blocked) verdict).message())
        .isEqualTo(
            "127.0.0.1 is blocked: 127.0.0.0/8 (loopback, RFC 1122) needs guard.allow-private or an"
                + " entry in guard.allow");
  }

  @Test
  void the_operators_deny_beats_the_operators_allow() {
    TargetGuard guard = guard(true, List.of("8.8.0.0/16", "10.0.0.0/8"), List.of("8.8.8.0/24"));
    assertThat(guard.judge(ip("8.8.8.8")))
        .isEqualTo(new Verdict.Blocked("8.8.8.8", "guard.deny has 8.8.8.0/24"));
    assertThat(guard.judge(ip("64:ff9b::808:808"))).isInstanceOf(Verdict.Blocked.class);
    assertThat(guard.judge(ip("8.8.4.4"))).isInstanceOf(Verdict.Allowed.class);
  }

  @Test
  void the_operators_allow_opens_a_special_purpose_block() {
    TargetGuard guard = guard(false, List.of("198.18.0.0/15", "10.9.0.0/16"), List.of());
    assertThat(guard.judge(ip("198.18.0.1"))).isInstanceOf(Verdict.Allowed.class);
    assertThat(guard.judge(ip("10.9.1.1"))).isInstanceOf(Verdict.Allowed.class);
    assertThat(guard.judge(ip("10.8.1.1"))).isInstanceOf(Verdict.Blocked.class);
  }

  @Test
  void metadata_needs_an_entry_of_its_own() {
    assertThat(guard(true, List.of("169.254.0.0/16"), List.of()).judge(ip("169.254.169.254")))
        .isInstanceOf(Verdict.Blocked.class);
    assertThat(guard(false, List.of("169.254.169.254"), List.of()).judge(ip("169.254.169.254")))
        .isInstanceOf(Verdict.Allowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9.9.9.9",
        "192.31.196.7",
        "2606:4700::7",
        "::ffff:9.9.9.9",
        "::909:909",
        "64:ff9b::909:909",
        "2002:909:909::1",
        "2001:0:808:808::f6f6:f6f6"
      })
  void blocks_the_addresses_of_this_machine(String address) {
    TargetGuard guard = onMachine(false, List.of());

    assertThat(guard.judge(ip(address))).isInstanceOf(Verdict.Blocked.class);
    assertThat(guard.judge(ip("9.9.9.10"))).isInstanceOf(Verdict.Allowed.class);
  }

  @Test
  void says_how_an_address_of_this_machine_is_allowed() {
    assertThat(onMachine(false, List.of()).judge(ip("9.9.9.9")))
        .isEqualTo(
            new Verdict.Blocked(
                "9.9.9.9",
                "an address of this machine needs guard.allow-private or an entry in guard.allow"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9.9.9.9", "2606:4700::7"})
  void lets_the_addresses_of_this_machine_through_when_told(String address) {
    assertThat(onMachine(true, List.of()).judge(ip(address))).isInstanceOf(Verdict.Allowed.class);
    assertThat(onMachine(false, List.of(address)).judge(ip(address)))
        .isInstanceOf(Verdict.Allowed.class);
  }

  private static TargetGuard onMachine(boolean allowPrivate, List<String> allow) {
    return new TargetGuard(
        new GuardRules(allow.stream().map(Cidr::parse).toList(), List.of(), allowPrivate),
        new OwnAddresses(
            () -> Set.of(ip("9.9.9.9"), ip("192.31.196.7"), ip("2606:4700::7")), () -> 0));
  }

  private static TargetGuard guard(boolean allowPrivate, List<String> allow, List<String> deny) {
    return new TargetGuard(
        new GuardRules(
            allow.stream().map(Cidr::parse).toList(),
            deny.stream().map(Cidr::parse).toList(),
            allowPrivate));
  }

  private static InetAddress ip(String text) {
    return IpLiteral.parse(text).orElseThrow(() -> new AssertionError(Arrays.asList(text)));
  }
}

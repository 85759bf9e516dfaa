package dev.signalbox.dnsclient.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolvConfTest {

  @Test
  void findsNameServersAmongEverythingElse() {
    String text =
        """
        # comment
        search corp.example
        nameserver 192.0.2.1
        \tnameserver\t2001:db8::1  # second
        nameserver fe80::1%eth0
        nameserver not.an.address
        nameserver 300.1.1.1
        options ndots:5
        nameserver 192.0.2.3 ; third
        """;

    assertThat(ResolvConf.parse(text))
        .extracting(ResolverSpec::host)
        .containsExactly("192.0.2.1", "2001:db8::1", "fe80::1", "192.0.2.3");
  }

  @Test
  void takesTheLocalHostWhenTheFileNamesNobody(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("resolv.conf"), "search x\n");

    assertThat(ResolvConf.read(file))
        .extracting(ResolverSpec::label)
        .containsExactly("127.0.0.1:53");
  }

  @Property
  void readsAnyText(@ForAll String text) {
    assertThat(ResolvConf.parse(text)).hasSizeLessThanOrEqualTo(8);
  }

  @Test
  void asksTheDefaultsByAnotherProtocolAtItsOwnPort() {
    DefaultResolvers defaults =
        new DefaultResolvers(
            List.of(
                ResolverSpec.parse("192.0.2.1:5353", null),
                ResolverSpec.parse("tls://192.0.2.2", null)));

    assertThat(defaults.upstreams(Protocol.UDP))
        .extracting(Upstream::label)
        .containsExactly("192.0.2.1:5353", "192.0.2.2:853");
    assertThat(defaults.upstreams(Protocol.TCP))
        .extracting(Upstream::label)
        .containsExactly("192.0.2.1:5353", "192.0.2.2:53");
    assertThat(defaults.upstreams(Protocol.HTTPS))
        .extracting(Upstream::label)
        .containsExactly("https://192.0.2.1/dns-query", "https://192.0.2.2/dns-query");
  }
}

package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.trace.Delegation.NameServer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.xbill.DNS.Name;

/**
 * The servers of the root zone, as IANA publishes them (https://www.internic.net/domain/named.root,
 * the version of October 2024; the last change of an address is b.root-servers.net's of 2023).
 */
final class RootServers {

  private static final List<NameServer> ALL =
      List.of(
          server("a", "198.41.0.4", "2001:503:ba3e::2:30"),
          server("b", "170.247.170.2", "2801:1b8:10::b"),
          server("c", "192.33.4.12", "2001:500:2::c"),
          server("d", "199.7.91.13", "2001:500:2d::d"),
          server("e", "192.203.230.10", "2001:500:a8::e"),
          server("f", "192.5.5.241", "2001:500:2f::f"),
          server("g", "192.112.36.4", "2001:500:12::d0d"),
          server("h", "198.97.190.53", "2001:500:1::53"),
          server("i", "192.36.148.17", "2001:7fe::53"),
          server("j", "192.58.128.30", "2001:503:c27::2:30"),
          server("k", "193.0.14.129", "2001:7fd::1"),
          server("l", "199.7.83.42", "2001:500:9f::42"),
          server("m", "202.12.27.33", "2001:dc3::35"));

  private RootServers() {}

  private static NameServer server(String letter, String v4, String v6) {
    return new NameServer(
        Name.fromConstantString(letter + ".root-servers.net."),
        List.of(InetAddress.ofLiteral(v4), InetAddress.ofLiteral(v6)));
  }

  /** All of them, in another order each time: none is to get more of the load than the others. */
  static Delegation shuffled(Random random) {
    List<NameServer> servers = new ArrayList<>(ALL);
    Collections.shuffle(servers, random);
    return new Delegation(Name.root, servers);
  }
}

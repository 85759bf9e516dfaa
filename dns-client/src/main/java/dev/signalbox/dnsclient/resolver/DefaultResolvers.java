package dev.signalbox.dnsclient.resolver;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The resolvers of tasks that name none: those of the configuration, or the machine's. */
public final class DefaultResolvers {

  /** Made once for many questions. */
  private record Chosen(List<ResolverSpec> specs, Map<Protocol, List<Upstream>> upstreams) {

    static Chosen of(List<ResolverSpec> specs) {
      Map<Protocol, List<Upstream>> upstreams = new EnumMap<>(Protocol.class);
      for (Protocol protocol : Protocol.values()) {
        upstreams.put(protocol, specs.stream().map(spec -> upstream(spec, protocol)).toList());
      }
      return new Chosen(specs, upstreams);
    }
  }

  private volatile Chosen chosen;

  /** Starts with some resolvers, all given by address. */
  public DefaultResolvers(List<ResolverSpec> specs) {
    this.chosen = Chosen.of(checked(specs));
  }

  /** Replaces them, as when the machine has moved to another network. Any thread. */
  public void replace(List<ResolverSpec> other) {
    chosen = Chosen.of(checked(other));
  }

  /** The resolvers by a protocol, in order; their own protocol when it is the usual one. */
  public List<Upstream> upstreams(Protocol protocol) {
    return Objects.requireNonNull(chosen.upstreams().get(protocol));
  }

  /** How they are configured, in order. */
  public List<ResolverSpec> specs() {
    return chosen.specs();
  }

  private static Upstream upstream(ResolverSpec spec, Protocol wanted) {
    InetAddress address = IpLiteral.parse(spec.host()).orElse(null);
    if (address == null) {
      throw new IllegalStateException("checked before: " + spec);
    }
    // Another protocol than the configured one means another port, unless both share it.
    boolean own = wanted == Protocol.UDP || wanted == spec.protocol();
    Protocol protocol = own ? spec.protocol() : wanted;
    boolean samePort = own || protocol.defaultPort() == spec.protocol().defaultPort();
    int port = samePort ? spec.port() : protocol.defaultPort();
    String path = protocol == Protocol.HTTPS ? own ? spec.path() : "/dns-query" : "";
    return new Upstream(protocol, new InetSocketAddress(address, port), spec.host(), path);
  }

  private static List<ResolverSpec> checked(List<ResolverSpec> specs) {
    if (specs.isEmpty()) {
      throw new IllegalArgumentException("at least one resolver is needed");
    }
    for (ResolverSpec spec : specs) {
      if (IpLiteral.parse(spec.host()).isEmpty()) {
        throw new IllegalArgumentException("must be given by IP address: " + spec.host());
      }
    }
    return List.copyOf(specs);
  }
}

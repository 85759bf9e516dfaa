package dev.signalbox.dnsclient.resolver;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Whether clients may have an address spoken to. The operator decides. */
@FunctionalInterface
public interface ResolverGuard {

  /** The rule that forbids a resolver of these addresses; empty when it is allowed. */
  Optional<String> denied(List<InetAddress> addresses);
}

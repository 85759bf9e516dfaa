package dev.signalbox.platform.guard;

import dev.signalbox.contracts.net.Cidr;
import java.util.List;

/**
 * What the operator lets services contact. A request never changes it.
 *
 * @param allow blocks that may be contacted whatever they are; a metadata address only when named
 *     alone
 * @param deny blocks that may not be contacted; beats {@code allow}
 * @param allowPrivate whether loopback, private and unique local addresses, and those of this
 *     machine, may be contacted
 */
public record GuardRules(List<Cidr> allow, List<Cidr> deny, boolean allowPrivate) {

  public GuardRules {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
  }
}

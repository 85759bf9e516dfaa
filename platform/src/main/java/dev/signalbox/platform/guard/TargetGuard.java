package dev.signalbox.platform.guard;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.contracts.net.SpecialPurpose;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Keeps strangers' tasks away from addresses they could not reach themselves. A name is resolved
 * once, all its addresses are judged, and the connection goes to a judged address: resolving again
 * would let the answer change in between.
 */
public final class TargetGuard {

  private final GuardRules rules;
  private final OwnAddresses own;

  public TargetGuard(GuardRules rules) {
    this(rules, OwnAddresses.OF_THIS_MACHINE);
  }

  TargetGuard(GuardRules rules, OwnAddresses own) {
    this.rules = rules;
    this.own = own;
  }

  /**
   * Judges everything a name resolved to: one forbidden address forbids all, for a name that mixes
   * public and internal addresses is an attempt to get past this guard.
   */
  public Verdict judge(Collection<InetAddress> addresses) {
    for (InetAddress address : addresses) {
      if (judge(address) instanceof Verdict.Blocked blocked) {
        return blocked;
      }
    }
    return Verdict.Allowed.ALLOWED;
  }

  /** Judges one address, and every IPv4 address inside it. */
  public Verdict judge(InetAddress address) {
    return judge(address.getAddress());
  }

  Verdict judge(byte[] address) {
    EmbeddedV4.Found inside = EmbeddedV4.in(address);
    Optional<String> rule = inside.whole() ? operatorDenies(address) : forbids(address);
    if (rule.isEmpty()) {
      rule = forbidsInside(inside.addresses());
    }
    return rule.<Verdict>map(
            why -> new Verdict.Blocked(IpLiteral.ofBytes(address).getHostAddress(), why))
        .orElse(Verdict.Allowed.ALLOWED);
  }

  private Optional<String> forbidsInside(List<byte[]> addresses) {
    for (byte[] address : addresses) {
      Optional<String> rule = forbids(address);
      if (rule.isPresent()) {
        String inner = IpLiteral.ofBytes(address).getHostAddress();
        return Optional.of(rule.get() + " (for the IPv4 address inside it, " + inner + ")");
      }
    }
    return Optional.empty();
  }

  private Optional<String> forbids(byte[] address) {
    Optional<String> denied = operatorDenies(address);
    if (denied.isPresent()) {
      return denied;
    }
    Optional<SpecialPurpose.Range> special = SpecialPurpose.of(address);
    if (special.isEmpty()) {
      return forbidsOwn(address);
    }
    SpecialPurpose.Range range = special.get();
    String what = range.block() + " (" + range.name() + ")";
    return switch (range.kind()) {
      case REACHABLE -> forbidsOwn(address);
      case LOOPBACK, PRIVATE ->
          rules.allowPrivate() || operatorAllows(address)
              ? Optional.empty()
              : Optional.of(what + " needs guard.allow-private or an entry in guard.allow");
      case LINK_LOCAL, RESERVED ->
          operatorAllows(address)
              ? Optional.empty()
              : Optional.of(what + " needs an entry in guard.allow");
      case METADATA ->
          rules.allow().stream().anyMatch(block -> block.single() && block.contains(address))
              ? Optional.empty()
              : Optional.of(what + " needs an entry of its own in guard.allow");
    };
  }

  /**
   * From here a public address of this machine reaches services that its firewall keeps from
   * strangers, as loopback does.
   */
  private Optional<String> forbidsOwn(byte[] address) {
    return rules.allowPrivate()
            || operatorAllows(address)
            || !own.contain(IpLiteral.ofBytes(address))
        ? Optional.empty()
        : Optional.of(
            "an address of this machine needs guard.allow-private or an entry in guard.allow");
  }

  private Optional<String> operatorDenies(byte[] address) {
    return rules.deny().stream()
        .filter(block -> block.contains(address))
        .findFirst()
        .map(block -> "guard.deny has " + block);
  }

  private boolean operatorAllows(byte[] address) {
    return rules.allow().stream().anyMatch(block -> block.contains(address));
  }
}

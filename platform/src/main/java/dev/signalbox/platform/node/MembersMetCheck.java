package dev.signalbox.platform.node;

import dev.signalbox.platform.diagnostic.DiagnosticCheck;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * The settings name other members, and none of them was ever met. A process that is ready by itself
 * looks healthy otherwise.
 */
final class MembersMetCheck implements DiagnosticCheck {

  private final IntSupplier others;
  private final List<String> named;
  private boolean met;

  /** How many other members are known, silent ones too, and whom the settings name. */
  MembersMetCheck(IntSupplier others, List<String> named) {
    this.others = others;
    this.named = named;
  }

  /** Whether the settings name anybody but the process itself. */
  static boolean namesOthers(List<String> members, String host, int port) {
    return members.stream()
        .filter(member -> !member.equals("localhost"))
        .flatMap(member -> Cluster.addresses(List.of(member), host, port).stream())
        .anyMatch(address -> !Cluster.addresses(List.of(host), host, port).contains(address));
  }

  @Override
  public List<Symptom> check() {
    met |= others.getAsInt() > 0;
    return met
        ? List.of()
        : List.of(
            Symptom.of(
                FindingCode.ALONE,
                "No member of platform.cluster-members has been seen since the start: "
                    + String.join(", ", named)
                    + "."));
  }
}

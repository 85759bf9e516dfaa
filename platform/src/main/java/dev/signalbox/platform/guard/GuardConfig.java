package dev.signalbox.platform.guard;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.util.List;

/**
 * Section {@code guard}: which addresses services contact on a client's behalf.
 *
 * @param allow blocks that may be contacted whatever they are
 * @param deny blocks that may not be contacted; beats {@code allow}
 * @param allowPrivate whether loopback and private addresses, and those of this machine, may be
 *     contacted
 */
public record GuardConfig(
    @Setting(
            value = "",
            doc =
                "Blocks (ADDRESS/BITS) that tasks may contact whatever they are; a cloud's metadata"
                    + " address only when named alone")
        List<String> allow,
    @Setting(value = "", doc = "Blocks (ADDRESS/BITS) that tasks may never contact; beats allow")
        List<String> deny,
    @Setting(
            value = "false",
            doc =
                "Whether tasks may contact loopback, private and unique local addresses and those of"
                    + " this machine; true is safe when only this machine can send tasks")
        boolean allowPrivate) {

  public GuardConfig {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    ConfigProblems problems = ConfigProblems.of("guard");
    checkBlocks(problems, "allow", allow);
    checkBlocks(problems, "deny", deny);
    problems.throwIfAny();
  }

  /** The same, parsed. */
  public GuardRules rules() {
    return new GuardRules(
        allow.stream().map(Cidr::parse).toList(),
        deny.stream().map(Cidr::parse).toList(),
        allowPrivate);
  }

  private static void checkBlocks(ConfigProblems problems, String key, List<String> blocks) {
    for (String block : blocks) {
      try {
        Cidr.parse(block);
      } catch (IllegalArgumentException e) {
        problems.check(false, key, "cannot be read: " + e.getMessage());
      }
    }
  }
}

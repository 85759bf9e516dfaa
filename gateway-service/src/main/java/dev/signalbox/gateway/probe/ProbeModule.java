package dev.signalbox.gateway.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to probe, under a name.
 *
 * @param timeout for the whole probe; null for as long as the scrape lasts
 * @param prober what is asked and expected
 * @param yaml the module as it was read, without secrets
 */
record ProbeModule(String name, @Nullable Duration timeout, Prober prober, String yaml) {

  private static final Set<String> OTHER_PROBERS = Set.of("tcp", "icmp", "grpc", "unix");

  private static final Set<String> SECRETS =
      Set.of("password", "bearer_token", "credentials", "client_secret");

  /** Header fields that carry credentials, by what their names have in common. */
  private static final Pattern SECRET_HEADER =
      Pattern.compile(
          "authorization|(set-)?cookie|proxy-authorization|x-.*(auth|key|password|secret|session|token).*",
          Pattern.CASE_INSENSITIVE);

  /** A kind of probe with its settings. */
  sealed interface Prober permits HttpModule, DnsModule {}

  /**
   * Reads a module.
   *
   * @param problems where what is wrong is added, with module and key
   */
  static ProbeModule read(String name, ObjectNode keys, List<String> problems) {
    ModuleKeys module =
        new ModuleKeys("module " + ProbeModules.shown(name) + ": ", "", keys, problems);
    String kind = module.text("prober", "");
    Duration timeout = module.duration("timeout");
    ModuleKeys http = module.object("http");
    ModuleKeys dns = module.object("dns");
    // Keys of other probers have no effect, as there.
    OTHER_PROBERS.forEach(module::ignore);
    Prober prober;
    switch (kind) {
      case "http" -> {
        prober = HttpModule.read(http);
        http.end();
      }
      case "dns" -> {
        prober = DnsModule.read(dns);
        dns.end();
      }
      default -> {
        module.problem(
            "prober",
            OTHER_PROBERS.contains(kind)
                ? "must be http or dns; " + kind + " is not supported"
                : "must be http or dns");
        prober = HttpModule.read(ModuleKeys.empty());
      }
    }
    module.end();
    return new ProbeModule(name, timeout, prober, ProbeModules.yaml(withoutSecrets(keys)));
  }

  private static ObjectNode withoutSecrets(ObjectNode keys) {
    ObjectNode copy = keys.deepCopy();
    hideSecrets(copy);
    return copy;
  }

  private static void hideSecrets(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (var member : List.copyOf(object.properties())) {
        boolean secret =
            SECRETS.contains(member.getKey()) || SECRET_HEADER.matcher(member.getKey()).matches();
        if (secret && member.getValue().isValueNode()) {
          object.put(member.getKey(), "<secret>");
        } else {
          hideSecrets(member.getValue());
        }
      }
    }
    if (node.isArray()) {
      node.forEach(ProbeModule::hideSecrets);
    }
  }
}

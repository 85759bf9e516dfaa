package dev.signalbox.cli.doctor;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.service.ServiceDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The settings that {@code up} would have with the same options, and what is wrong with them.
 *
 * @param values by key; where settings are wrong, the given ones with the defaults of the others
 * @param checks what was found
 */
record PlaceSettings(Map<String, String> values, List<PlaceCheck> checks) {

  private static final String NAME = "settings";

  PlaceSettings {
    values = Map.copyOf(values);
    checks = List.copyOf(checks);
  }

  /** Reads them; whatever is wrong is a check. */
  static PlaceSettings read(
      CommandLine line, List<ServiceDefinition<?>> services, UnaryOperator<ConfigSource> defaults) {
    List<PlaceCheck> checks = new ArrayList<>();
    ConfigSource given;
    try {
      given = ConfigSource.of(line.configFile(), Launcher.environment(), line.settings());
    } catch (ConfigException e) {
      report(e, "Correct the file of --config; the other checks are made without it.", checks);
      given = ConfigSource.of(null, Launcher.environment(), line.settings());
    }
    ConfigSource source = defaults.apply(given);
    try {
      List<Configuration.EffectiveSetting> all = Node.configure(source, services).effective();
      if (checks.isEmpty()) {
        checks.add(PlaceCheck.ok(NAME, all.size() + " are valid"));
      }
      return new PlaceSettings(byKey(all), checks);
    } catch (ConfigException e) {
      report(e, "Correct it; signalbox config --changed shows where each was set.", checks);
    }
    ConfigSource none = ConfigSource.of(null, Map.of(), Map.of());
    Map<String, String> values = byKey(Node.configure(none, services).effective());
    values.replaceAll((key, otherwise) -> source.text(key).orElse(otherwise));
    return new PlaceSettings(values, checks);
  }

  private static void report(ConfigException e, String action, List<PlaceCheck> checks) {
    e.problems()
        .forEach(problem ->
            checks.add(PlaceCheck.error(NAME, problem.key() + " " + problem.message(), action)));
  }

  private static Map<String, String> byKey(List<Configuration.EffectiveSetting> all) {
    Map<String, String> values = new LinkedHashMap<>();
    all.forEach(setting -> values.put(setting.key(), setting.value()));
    return values;
  }
}

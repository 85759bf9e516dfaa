package dev.signalbox.gateway.probe;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;

/**
 * Section {@code probe}: the modules of {@code GET /probe}.
 *
 * @param modulesFile file of modules in blackbox_exporter's YAML; empty for {@code http_2xx} alone
 */
public record ProbeConfig(
    @Setting(
            value = "",
            doc =
                "File of modules for GET /probe, in the YAML of blackbox_exporter; empty: http_2xx"
                    + " alone")
        String modulesFile) {

  public ProbeConfig {
    read(modulesFile);
  }

  private static ProbeModules read(String file) {
    ProbeModules modules = ProbeModules.read(file);
    ConfigProblems problems = ConfigProblems.of("probe");
    modules.problems().forEach(problem -> problems.check(false, "modules-file", problem));
    problems.throwIfAny();
    return modules;
  }

  /**
   * Reads the modules anew, which takes a while.
   *
   * @throws dev.signalbox.platform.config.ConfigException when the file has a mistake by now
   */
  public ProbeModules modules() {
    return read(modulesFile);
  }
}

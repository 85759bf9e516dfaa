package dev.signalbox.gateway.probe;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.util.List;

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
    List<String> wrong = ProbeModules.read(modulesFile).problems();
    ConfigProblems problems = ConfigProblems.of("probe");
    wrong.forEach(problem -> problems.check(false, "modules-file", problem));
    problems.throwIfAny();
  }

  /** The modules, read anew. */
  ProbeModules modules() {
    return ProbeModules.read(modulesFile);
  }
}

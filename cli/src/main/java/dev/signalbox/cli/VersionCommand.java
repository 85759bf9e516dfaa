package dev.signalbox.cli;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.cli.spec.ParsedArguments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Prints which build this is. */
final class VersionCommand {

  private static final String COMMIT = "/dev/signalbox/platform/commit";

  private VersionCommand() {}

  static CommandSpec spec() {
    return CommandSpec.of(
            Group.SET_UP, "version", "print the version, the commit and the JDK", "[--json]")
        .options(OptionSpec.flag("print one JSON document", "--json"))
        .exit(23, "write error")
        .examples("signalbox version --json");
  }

  static String text(List<String> arguments) {
    ParsedArguments parsed = ParsedArguments.parse(spec(), arguments);
    parsed.words();
    String jdk = System.getProperty("java.vendor.version", System.getProperty("java.version", ""));
    return parsed.has("--json")
        ? "{\"version\":\"%s\",\"commit\":%s,\"jdk\":\"%s\",\"java\":\"%s\"}"
            .formatted(
                escaped(version()),
                commit().isEmpty() ? "null" : '"' + escaped(commit()) + '"',
                escaped(jdk),
                escaped(Runtime.version().toString()))
        : "signalbox "
            + version()
            + (commit().isEmpty() ? "" : " (" + commit() + ")")
            + "\nJDK "
            + Runtime.version()
            + (jdk.isEmpty() ? "" : " " + jdk);
  }

  static String version() {
    String version = SignalboxMain.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Written by the build of the platform when it knows; empty otherwise. */
  private static String commit() {
    try (InputStream in = VersionCommand.class.getResourceAsStream(COMMIT)) {
      String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return text.matches("[0-9a-f]{7,64}") ? text : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}

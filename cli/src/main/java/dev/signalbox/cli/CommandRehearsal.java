package dev.signalbox.cli;

import dev.signalbox.cli.dns.DnsCommand;
import dev.signalbox.cli.probe.ProbeCommand;
import dev.signalbox.cli.run.RunCommand;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.StartException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives a command that answers at once something to do on loopback, so that the JVM can record
 * which classes it needs. What it prints is of no use. Run by the command's script once after each
 * build.
 */
final class CommandRehearsal {

  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private CommandRehearsal() {}

  /**
   * Rehearses a command.
   *
   * @param command its name
   * @param keys a PKCS #12 file with the password {@link StillPage#PASSWORD}, for a probe over TLS;
   *     null to do without
   * @return the exit code, always 0
   */
  static int run(String command, @Nullable Path keys) throws InterruptedException {
    try {
      switch (command) {
        case "dns" -> dns();
        case "probe" -> probe(keys);
        case "run" -> tasks();
        default -> throw new StartException("There is no rehearsal of '" + command + "'");
      }
      return 0;
    } catch (IOException e) {
      throw new IllegalStateException("the rehearsal failed", e);
    }
  }

  private static void dns() throws IOException, InterruptedException {
    try (EchoResolver resolver = new EchoResolver()) {
      String asked = "@" + resolver.address();
      rehearse(new DnsCommand(List.of("rehearsal.test", asked), NOWHERE, NOWHERE));
      rehearse(new DnsCommand(List.of("rehearsal.test", "MX", asked, "--json"), NOWHERE, NOWHERE));
    }
  }

  private static void probe(@Nullable Path keys) throws IOException, InterruptedException {
    try (StillPage page = StillPage.open(null)) {
      probe("http://" + page.address() + "/");
    }
    if (keys != null) {
      try (StillPage secret = StillPage.open(keys)) {
        probe("https://" + secret.address() + "/");
      }
    }
  }

  private static void probe(String url) throws InterruptedException {
    List<String> arguments = List.of(url, "-k", "--assert", "status == 200");
    rehearse(new ProbeCommand(arguments, NOWHERE, NOWHERE));
  }

  private static void tasks() throws IOException, InterruptedException {
    try (EchoResolver resolver = new EchoResolver();
        StillPage page = StillPage.open(null)) {
      String lines =
          """
          {"task_name":"dns_query","params":{"domain":"rehearsal.test","resolver":"%s"}}
          {"task_name":"http_probe","params":{"url":"http://%s/"}}
          """
              .formatted(resolver.address(), page.address());
      rehearse(
          new RunCommand(
              List.of("-"),
              new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
              NOWHERE,
              NOWHERE,
              true));
    }
  }

  private static void rehearse(Launcher.Command command) throws InterruptedException {
    int code = command.run();
    if (code != 0) {
      throw new IllegalStateException("the rehearsal of a command ended with " + code);
    }
  }
}

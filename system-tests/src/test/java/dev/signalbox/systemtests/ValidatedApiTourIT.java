package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The tour through a proxy that holds every request and response to openapi.yaml. It passes on what
 * breaks a rule and logs the rule, so the tour sees the system's own answers.
 */
@LongTest
class ValidatedApiTourIT extends ApiTour {

  private static final Path DESCRIPTION =
      Path.of(System.getProperty("basedir", ""))
          .toAbsolutePath()
          .resolveSibling("gateway-service")
          .resolve("src/main/resources/openapi.yaml");

  private static final Pattern VIOLATION = Pattern.compile("Violation: (.*)");
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

  /** What the tour breaks on purpose, and what the proxy cannot see. */
  private static final Set<String> EXPECTED =
      Set.of(
          // The proxy matches no path parameter that has a slash, as the paths of files have; the
          // others are the unknown path and method that the tour tries.
          "request Selected route not found",
          // The tour sends an unknown field to see it named.
          "request.body Request body must NOT have additional properties; found 'colour'");

  private static final Deployment SYSTEM = Shape.ONE_PROCESS.shared();
  private static SignalboxProcess proxy;
  private static int port;

  /** The system with the proxy as its main door. */
  private record Proxied(Deployment system, int port) implements Deployment {

    @Override
    public Doors doors() {
      Doors doors = system.doors();
      return new Doors(port, doors.tasks(), doors.codes(), doors.messages());
    }

    @Override
    public Path data() {
      return system.data();
    }

    @Override
    public String output() {
      return system.output();
    }

    @Override
    public void close() {
      system.close();
    }
  }

  ValidatedApiTourIT() {
    super(new Proxied(SYSTEM, port));
  }

  @BeforeAll
  static void startProxy() {
    String prism = NodeTools.require("prism");
    port = FreePorts.next();
    proxy =
        SignalboxProcess.start(
            "prism",
            Scratch.directory("prism"),
            List.of(
                prism,
                "proxy",
                DESCRIPTION.toString(),
                "http://127.0.0.1:" + SYSTEM.doors().main(),
                "--host=127.0.0.1",
                "--port=" + port));
    proxy.awaitOutput("Prism is listening");
  }

  @AfterAll
  static void givenTheTour_whenItIsOver_thenOnlyExpectedViolationsWereSeen() {
    if (proxy == null) {
      return;
    }
    try (SignalboxProcess ended = proxy) {
      assertThat(violations(ended)).isSubsetOf(EXPECTED);
    }
  }

  private static Set<String> violations(SignalboxProcess process) {
    Set<String> violations = new TreeSet<>();
    String log = COLOUR.matcher(process.output()).replaceAll("");
    for (MatchResult found : VIOLATION.matcher(log).results().toList()) {
      violations.add(found.group(1).strip());
    }
    return violations;
  }

  @Test
  void givenARequestThatBreaksTheDescription_whenItPasses_thenTheProxyHasLoggedTheRule() {
    Reply reply = Http.post(port, "/api/v1/codes", "{\"uuid\":\"u\",\"colour\":\"red\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("sl-violations")).contains("colour");
    proxy.awaitOutput("found 'colour'");
  }
}

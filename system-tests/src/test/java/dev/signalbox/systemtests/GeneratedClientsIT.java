package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that are generated from openapi.yaml, whole, compile and work with the system. */
@LongTest
class GeneratedClientsIT {

  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Path DESCRIPTION =
      MODULE.resolveSibling("gateway-service").resolve("src/main/resources/openapi.yaml");
  private static final Path TOURS = MODULE.resolve("src/test/clients");
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final List<String> EXPECTED =
      List.of(
          "task finished " + Surroundings.EXAMPLE_COM,
          "servers 1 1",
          "distinct true",
          "file 18 stored by a client",
          "messages sent by a client null",
          "problem 403 WRONG_CODE");

  private final Deployment system = Shape.ONE_PROCESS.shared();
  private final String address = "http://127.0.0.1:" + system.doors().main();
  private final String uuid = UUID.randomUUID().toString();

  @BeforeEach
  @AfterEach
  void noServers() {
    Servers.stopAll(system);
  }

  private static Path generate(String generator, String... options) {
    Path output = Scratch.directory("client-" + generator);
    List<String> command =
        new ArrayList<>(
            List.of(
                JAVA.toString(),
                "-jar",
                MODULE.resolve("target/generator/openapi-generator-cli.jar").toString(),
                "generate",
                "--input-spec=" + DESCRIPTION,
                "--generator-name=" + generator,
                "--output=" + output));
    command.addAll(List.of(options));
    Programs.Outcome outcome = Programs.run(command, PATIENCE);
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(outcome.text() + outcome.errors()).doesNotContain("ERROR");
    return output;
  }

  private static Path compile(Path client) throws IOException {
    Path classes = Scratch.directory("classes");
    List<Path> sources = new ArrayList<>(List.of(TOURS.resolve("Tour.java")));
    try (Stream<Path> files = Files.walk(client.resolve("src/main/java"))) {
      files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  List.of(
                      "-proc:none",
                      "-nowarn",
                      "-d",
                      classes.toString(),
                      "-cp",
                      System.getProperty("java.class.path")),
                  null,
                  manager.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
    return classes;
  }

  private static List<String> lines(Programs.Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    return outcome.text().lines().toList();
  }

  @Test
  void givenAGeneratedJavaClient_whenItMakesTheTour_thenEveryStepSucceeds() throws IOException {
    Path client =
        generate(
            "java",
            "--library=native",
            "--additional-properties=openApiNullable=false,useJakartaEe=true",
            "--global-property=apis,models,supportingFiles,skipFormModel=false,apiTests=false,modelTests=false");
    String classPath = compile(client) + ":" + System.getProperty("java.class.path");

    Programs.Outcome tour =
        Programs.run(List.of(JAVA.toString(), "-cp", classPath, "Tour", address, uuid));

    assertThat(lines(tour)).isEqualTo(EXPECTED);
  }

  @Test
  void givenAGeneratedPythonClient_whenItMakesTheTour_thenEveryStepSucceeds() {
    String python = TestPrograms.require("python3");
    requireModules(python);
    Path client =
        generate(
            "python",
            "--global-property=apis,models,supportingFiles,skipFormModel=false,apiTests=false,modelTests=false");
    try {
      Files.copy(TOURS.resolve("tour.py"), client.resolve("tour.py"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    Programs.Outcome tour =
        Programs.run(List.of(python, client.resolve("tour.py").toString(), address, uuid));

    assertThat(lines(tour)).isEqualTo(EXPECTED);
  }

  /** The libraries that generated Python clients need. */
  private static void requireModules(String python) {
    Programs.Outcome outcome =
        Programs.run(
            List.of(python, "-c", "import dateutil, pydantic, typing_extensions, urllib3"));
    boolean found = outcome.exitCode() == 0;
    assertThat(found || !Boolean.getBoolean("signalbox.require.all")).as(outcome.errors()).isTrue();
    assumeTrue(found, "Python lacks a library that generated clients need: " + outcome.errors());
  }
}

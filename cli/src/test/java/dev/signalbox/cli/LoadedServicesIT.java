package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command loads the services that it runs, and no other: every class costs time at the start. */
class LoadedServicesIT {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"dns, dns-service", "probe, http-probe-service"})
  void givenACommandOfOneService_whenItRuns_thenNoOtherServiceIsLoaded(
      String command, String service) throws Exception {
    Path loaded = directory.resolve("classes");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + loaded,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.signalbox.cli.SignalboxMain",
                command,
                "--help")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String classes = Files.readString(loaded);

    List<String> others =
        ServiceProvider.all().stream()
            .filter(other -> !other.name().equals(service))
            .<String>map(LoadedServicesIT::configuration)
            .toList();
    assertThat(classes).contains("dev.signalbox.cli.SignalboxMain ");
    assertThat(others).hasSizeGreaterThan(5).noneMatch(name -> classes.contains(name + " "));
  }

  private static String configuration(ServiceDefinition<?> service) {
    return service.configType().getName();
  }
}

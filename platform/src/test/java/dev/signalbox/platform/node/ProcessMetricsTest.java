package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessMetricsTest {

  @TempDir Path data;
  private final PrometheusMeterRegistry registry = Metrics.registry(false);
  private ProcessMetrics metrics;

  private String scrape() {
    metrics = new ProcessMetrics(registry, data);
    metrics.register();
    return registry.scrape();
  }

  @AfterEach
  void close() {
    if (metrics != null) {
      metrics.close();
    }
  }

  @Test
  void givenAProcess_whenScraped_thenItsMemoryThreadsAndFilesAreThere() {
    assertThat(scrape())
        .contains("jvm_memory_used_bytes{area=\"heap\"", "jvm_threads_live_threads ")
        .contains("jvm_classes_loaded_classes ", "process_files_open_files ")
        .contains("process_start_time_seconds ", "process_cpu_usage ")
        .contains("disk_free_bytes{path=\"" + data + "\"}");
  }

  @Test
  void givenNamesThatBreakTheRulesOfPrometheus_whenScraped_thenTheyHaveOthers() {
    assertThat(scrape())
        .contains("# TYPE process_cpu_seconds_total counter\n", "\nsystem_cpus ")
        .doesNotContain("process_cpu_time", "system_cpu_count");
  }

  @Test
  void givenABuild_whenScraped_thenOneSeriesNamesIt() {
    List<String> info =
        scrape().lines().filter(line -> line.startsWith("signalbox_build_info{")).toList();

    assertThat(info)
        .singleElement()
        .asString()
        .contains("java=\"" + Runtime.version() + "\"", "version=\"", "commit=\"")
        .doesNotContain("${")
        .endsWith("} 1");
  }

  @ParameterizedTest
  @CsvSource({
    "1.0.0, 0123456789ab, 1.0.0+0123456789ab",
    "0.1.0-SNAPSHOT, 0123456, 0.1.0-SNAPSHOT+0123456",
    "1.0.0, unknown, 1.0.0",
    ", unknown, development",
    ", 0123456, development+0123456"
  })
  void givenAVersion_whenItsBuildIsNamed_thenTheCommitFollowsWhereItIsKnown(
      String version, String commit, String expected) {
    assertThat(ProcessMetrics.withCommit(version, commit)).isEqualTo(expected);
  }

  @Test
  void givenAPauseOfTheCollector_whenScraped_thenItHasNoBuckets() {
    String before = scrape();
    registry.timer("jvm.gc.pause", "action", "a", "cause", "b", "gc", "c").record(() -> {});

    assertThat(before).doesNotContain("jvm_gc_pause_seconds_bucket");
    assertThat(registry.scrape())
        .contains("jvm_gc_pause_seconds_count{action=\"a\",cause=\"b\",gc=\"c\"} 1")
        .doesNotContain("jvm_gc_pause_seconds_bucket");
  }

  @Test
  void givenAProcessThatStops_whenItsMetricsWouldBeRegistered_thenNothingIs() {
    metrics = new ProcessMetrics(registry, data);
    metrics.close();

    metrics.register();

    assertThat(registry.getMeters()).isEmpty();
  }
}

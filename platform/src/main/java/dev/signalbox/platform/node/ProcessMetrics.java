package dev.signalbox.platform.node;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The JVM, the operating system's view of the process, the file system of the data directory, and
 * which build this is. Registered once a process, whatever its services.
 *
 * <p>Registering loads the JDK's management beans, which takes more than a tenth of a second: do it
 * when the process is ready and off the event loops.
 */
final class ProcessMetrics implements AutoCloseable {

  private static final String UNKNOWN = "unknown";
  private static final String COMMIT = "/dev/signalbox/platform/commit";
  private static final String CPU_TIME = "process.cpu.time";
  private static final String CPU_COUNT = "system.cpu.count";

  private final MeterRegistry registry;
  private final Path dataDirectory;
  private @Nullable JvmGcMetrics garbageCollection;
  private boolean closed;

  ProcessMetrics(MeterRegistry registry, Path dataDirectory) {
    this.registry = registry;
    this.dataDirectory = dataDirectory;
  }

  /**
   * Two names of Micrometer break rules of Prometheus: nanoseconds as a unit, and a gauge called
   * like the count of a histogram. Belongs into a registry without meters.
   */
  static MeterFilter names() {
    return new MeterFilter() {
      @Override
      public MeterFilterReply accept(Meter.Id id) {
        return id.getName().equals(CPU_TIME) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
      }

      @Override
      public Meter.Id map(Meter.Id id) {
        return id.getName().equals(CPU_COUNT) ? id.withName("system.cpus") : id;
      }
    };
  }

  /** Registers everything; nothing when the process is stopping already. */
  synchronized void register() {
    if (closed) {
      return;
    }
    JvmGcMetrics collections = new JvmGcMetrics();
    garbageCollection = collections;
    collections.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new DiskSpaceMetrics(dataDirectory.toFile()).bindTo(registry);
    registerCpuTime();
    Gauge.builder("signalbox.build.info", () -> 1)
        .description("Which build this is; always 1")
        .tag("version", version())
        .tag("commit", commit())
        .tag("java", Runtime.version().toString())
        .register(registry);
  }

  private void registerCpuTime() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      FunctionCounter.builder(
              "process.cpu",
              system,
              bean -> bean.getProcessCpuTime() / (double) TimeUnit.SECONDS.toNanos(1))
          .description("Processor time that the process has used")
          .baseUnit("seconds")
          .register(registry);
    }
  }

  /** Version of the build. */
  static String version() {
    String version = ProcessMetrics.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * A version with the commit that this process was built from, as Semantic Versioning writes
   * metadata of a build; builds between two releases have one version. The version alone where the
   * commit is not known.
   */
  static String withCommit(@Nullable String version) {
    return withCommit(version, commit());
  }

  static String withCommit(@Nullable String version, String commit) {
    String named = version == null ? "development" : version;
    return commit.equals(UNKNOWN) ? named : named + '+' + commit;
  }

  /** Written by the build when it knows. */
  private static String commit() {
    try (InputStream in = ProcessMetrics.class.getResourceAsStream(COMMIT)) {
      String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return text.matches("[0-9a-f]{7,64}") ? text : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  /** Stops listening to the JVM's collectors. */
  @Override
  public synchronized void close() {
    closed = true;
    if (garbageCollection != null) {
      garbageCollection.close();
    }
  }
}

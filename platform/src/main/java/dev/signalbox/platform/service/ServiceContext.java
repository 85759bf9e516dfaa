package dev.signalbox.platform.service;

import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.diagnostic.DiagnosticCheck;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a service is given to work with. One for each instance of a service in a process. */
public interface ServiceContext {

  /** The Vert.x instance it runs on. */
  Vertx vertx();

  /** Calls to other services. */
  Bus bus();

  /**
   * Where its own spans begin; null when nothing is traced. Those of the bus are made by the bus.
   */
  @Nullable Tracer tracer();

  /** The service's name, as in {@code dns-service}. */
  String name();

  /** Id of this instance of the service; unique in the cluster and new at every start. */
  String node();

  /** Id of this process; equal for all services in it. */
  String process();

  /** Name of the machine or container. */
  String host();

  /** Where durable state lies; exists. */
  Path dataDirectory();

  /** Whether other processes belong to the same system. */
  boolean clustered();

  /** Connections to and from other members beside the bus. */
  MemberConnections members();

  /** Meters of the process. */
  MeterRegistry metrics();

  /** How busy this instance is, as it announces it. */
  ServiceLoad load();

  /** Whether the process is alive and ready. */
  Health health();

  /**
   * Has the process say that it is not ready whenever the service could not do its work.
   *
   * @param problem what is wrong, as a sentence without a period; null while nothing is. Asked at
   *     every look at the health, by any thread
   */
  void readyUnless(Supplier<@Nullable String> problem);

  /**
   * Adds a check to the diagnostics of the process, as one of this service.
   *
   * @param what it checks, a few words
   */
  void diagnose(String what, DiagnosticCheck check);

  /**
   * Another section of the configuration, declared with {@link ServiceDefinition#reading}.
   *
   * @throws IllegalArgumentException when it was not declared
   */
  <T extends Record> T config(String prefix, Class<T> type);

  /**
   * Says which state this instance uses, before it serves anything. When clustered, waits until the
   * other replicas of the service were heard, about one announce period if there are none.
   *
   * @param identity equal for all replicas that share the state
   * @return fails with CONFLICT when a replica that runs uses another one
   */
  Future<Void> shares(SharedState state, String identity);

  /**
   * What this instance serves on the bus.
   *
   * @param maxInFlight requests under way at once; one more is refused as OVERLOADED
   */
  ServiceEndpoint endpoint(int maxInFlight);

  /**
   * A line for the person who started the process, shown when everything is ready.
   *
   * @param label what it is about, one or two words
   * @param text such as a URL or a directory
   */
  void banner(String label, String text);
}

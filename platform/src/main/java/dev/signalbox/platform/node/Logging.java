package dev.signalbox.platform.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.Console;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.LoggerFactory;

/**
 * Log lines on standard output: text for people, JSON for collectors. The key-value pairs of a log
 * event are {@code key=value} after the message in text and top-level fields in JSON. Set up in
 * code, because reading an XML file would cost a good part of the start. Logback finds this class
 * by its service file.
 */
public final class Logging extends ContextAwareBase implements Configurator {

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %-24.24logger{24} %msg"
          // Nothing, not even the space, for an event without pairs.
          + "%replace( %kvp{NONE}){'^ $', ''}%n%ex{full}";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    apply(context, false, Level.toLevel(System.getProperty("signalbox.log.level"), Level.INFO));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Sets format and level as configured. */
  static void configure(NodeConfig config) {
    boolean json =
        switch (config.logFormat()) {
          case JSON -> true;
          case TEXT -> false;
          case AUTO -> !isTerminal();
        };
    apply(
        (LoggerContext) LoggerFactory.getILoggerFactory(),
        json,
        Level.toLevel(config.logLevel().name()));
  }

  @SuppressWarnings("SystemConsoleNull") // Never null since JDK 22, but still declared so.
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static void apply(LoggerContext context, boolean json, Level level) {
    context.reset();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName("console");
    console.setEncoder(json ? json(context) : text(context));
    console.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(console);
    // Hazelcast and Flyway tell their life at INFO, which drowns ours.
    context.getLogger("com.hazelcast").setLevel(Level.WARN);
    // Warns about the schema version of the file that vertx-hazelcast brings for an older release.
    context.getLogger("com.hazelcast.config.AbstractXmlConfigHelper").setLevel(Level.ERROR);
    context.getLogger("org.flywaydb").setLevel(Level.WARN);
    context.getLogger("com.zaxxer.hikari").setLevel(Level.WARN);
    // Its one error is a client that left in the middle of a file.
    context.getLogger("io.vertx.core.net.impl.VertxConnection").setLevel(Level.OFF);
    // Reports what others signed wrongly as our error; the result of the task says it.
    context.getLogger("org.xbill.DNS.dnssec").setLevel(Level.OFF);
  }

  static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  static Encoder<ILoggingEvent> json(LoggerContext context) {
    LogstashEncoder encoder = new LogstashEncoder();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }
}

package dev.signalbox.platform.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.signalbox.platform.config.ConfigSource;
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

  /** The logger of what a person reads after a start: where everything is. */
  public static final String BANNER = "signalbox.banner";

  /** The logger of the reason why a process does not start; writes to standard error. */
  static final String START_ERRORS = "signalbox.start";

  /** System property: the level before, or without, a configuration. */
  private static final String LEVEL = "signalbox.log.level";

  /** System property: whether lines begin with the time. */
  private static final String TIMES = "signalbox.log.times";

  /** Nothing, not even the space, for an event without pairs. */
  private static final String PAIRS = "%replace( %kvp{NONE}){'^ $', ''}%n%ex{full}";

  static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %-24.24logger{24} %msg" + PAIRS;

  /** For a command that ends soon: its reader knows the time, whose format takes long to load. */
  private static final String PATTERN_WITHOUT_TIMES = "%-5level %logger{24} %msg" + PAIRS;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    boolean times = Boolean.parseBoolean(System.getProperty(TIMES, "true"));
    Level level = Level.toLevel(System.getProperty(LEVEL), Level.INFO);
    apply(context, false, level, times ? PATTERN : PATTERN_WITHOUT_TIMES);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * For a command, which has no configuration of its log: from warnings up. To be called before
   * anything is logged.
   */
  public static void onlyWarnings(boolean withTimes) {
    System.setProperty(LEVEL, "warn");
    System.setProperty(TIMES, Boolean.toString(withTimes));
  }

  /** Sets format and level as configured. */
  static void configure(NodeConfig config) {
    apply(context(), isJson(config), Level.toLevel(config.logLevel().name()), PATTERN);
  }

  /**
   * Sets the format to JSON if a source says so, before its settings are checked: errors in the
   * configuration are then JSON too.
   */
  static void prepare(ConfigSource source) {
    if (source.text(Node.SECTION + ".log-format").orElse("").strip().equalsIgnoreCase("json")) {
      apply(context(), true, Level.INFO, PATTERN);
    }
  }

  /** Whether log lines are JSON, so that everything else on standard output must be too. */
  public static boolean isJson(NodeConfig config) {
    return switch (config.logFormat()) {
      case JSON -> true;
      case TEXT -> false;
      case AUTO -> !isTerminal();
    };
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  @SuppressWarnings("SystemConsoleNull") // Never null since JDK 22, but still declared so.
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static void apply(LoggerContext context, boolean json, Level level, String pattern) {
    context.reset();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(console(context, ConsoleTarget.SystemOut, json, pattern));
    // A banner and a reason for not starting appear at any level.
    context.getLogger(BANNER).setLevel(Level.INFO);
    Logger startErrors = context.getLogger(START_ERRORS);
    startErrors.setLevel(Level.INFO);
    startErrors.setAdditive(false);
    startErrors.addAppender(console(context, ConsoleTarget.SystemErr, json, "%msg%n"));
    // They log each suspicion and each attempt at a member; Members says once that it has gone.
    context.getLogger("com.hazelcast").setLevel(Level.ERROR);
    context.getLogger("com.hazelcast.internal.cluster.impl.operations").setLevel(Level.OFF);
    context.getLogger("io.vertx.core.eventbus.impl.clustered").setLevel(Level.ERROR);
    // Each message that was on its way to what has just been taken back.
    context.getLogger("io.vertx.core.eventbus.impl.MessageConsumerImpl").setLevel(Level.ERROR);
    // Flyway logs routine events at INFO.
    context.getLogger("org.flywaydb").setLevel(Level.WARN);
    // Its only error is a client that disconnects in the middle of a file.
    context.getLogger("io.vertx.core.net.impl.VertxConnection").setLevel(Level.OFF);
    // Each connection that breaks, although the request on it fails with the same reason.
    context.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
    // It logs invalid signatures of other servers as errors; the result of the task has them.
    context.getLogger("org.xbill.DNS.dnssec").setLevel(Level.OFF);
  }

  private static ConsoleAppender<ILoggingEvent> console(
      LoggerContext context, ConsoleTarget target, boolean json, String pattern) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName(target.getName());
    console.setTarget(target.getName());
    console.setEncoder(json ? json(context) : text(context, pattern));
    console.start();
    return console;
  }

  static Encoder<ILoggingEvent> text(LoggerContext context, String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
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

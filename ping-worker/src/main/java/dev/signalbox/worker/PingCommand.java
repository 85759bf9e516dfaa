package dev.signalbox.worker;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.contracts.ping.RttCode;
import dev.signalbox.worker.icmp.IcmpException;
import dev.signalbox.worker.icmp.IcmpSocket;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.PingTask;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Pings one block without a site. */
@Command(
    name = "ping",
    description = "Pings one /16 without a site and prints how many answered.",
    mixinStandardHelpOptions = true)
final class PingCommand implements Callable<Integer> {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "NETWORK", description = "a /16, such as 127.9.0.0/16")
  private @Nullable String network;

  @Option(names = "--network", paramLabel = "NETWORK", description = "the same as an option")
  private @Nullable String networkOption;

  @Option(
      names = "--rate",
      paramLabel = "PPS",
      defaultValue = "300",
      description = "packets a second at most (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(names = "--json", description = "print the result as JSON")
  private boolean json;

  private volatile boolean stopping;

  void stop() {
    stopping = true;
  }

  @Override
  public Integer call() {
    Cidr block = block();
    if (rate < 1 || rate > WorkerCommand.MAX_RATE) {
      throw invalid("--rate must be 1 to " + WorkerCommand.MAX_RATE);
    }
    PingTask task = PingTask.create(block.firstV4() >>> 16, List.of(), new SecureRandom());
    PingEngine engine = new PingEngine(rate, 0, PingEngine.TAIL_NANOS);
    long begun = System.nanoTime();
    try {
      engine.start(IcmpSocket::open);
    } catch (IcmpException e) {
      return WorkerCommand.refused(e);
    }
    engine.add(task);
    while (!task.isComplete() && !task.isStuck() && !stopping && engine.failure() == null) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    engine.close();
    if (task.isStuck()) {
      System.err.println("Some addresses of " + block + " cannot be sent to from this machine.");
    }
    print(task, engine.status(), seconds);
    return task.isComplete() ? 0 : 1;
  }

  private Cidr block() {
    String text = network == null ? networkOption : network;
    if (text == null) {
      throw invalid("the network is missing, a /16 such as 127.9.0.0/16");
    }
    try {
      Cidr block = Cidr.parseV4(text);
      if (block.bits() == 16) {
        return block;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw invalid(text + " is not a /16 such as 127.9.0.0/16");
  }

  private ParameterException invalid(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not set the command");
    }
    return new ParameterException(spec.commandLine(), message);
  }

  private void print(PingTask task, PingEngine.Status status, double seconds) {
    byte[] result = task.result();
    int[] codes = new int[task.answered()];
    int next = 0;
    for (byte code : result) {
      if (code != RttCode.NONE && next < codes.length) {
        codes[next++] = Byte.toUnsignedInt(code);
      }
    }
    Arrays.sort(codes);
    double median = codes.length == 0 ? 0 : RttCode.millis(codes[codes.length / 2]);
    System.out.printf(
        Locale.ROOT,
        json
            ? "{\"network\":\"%s\",\"answered\":%d,\"sent\":%d,\"seconds\":%.3f,\"rtt_median_ms\":%.3f,"
                + "\"complete\":%b}%n"
            : "%s: %d answered of %d sent in %.3f s, median %.3f ms, complete: %b%n",
        task.network(),
        task.answered(),
        status.sent(),
        seconds,
        median,
        task.isComplete());
  }
}

package dev.signalbox.dns;

import com.sun.management.OperatingSystemMXBean;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.dnsclient.DnsClient;
import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.testsupport.TestNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.xbill.DNS.Type;

/**
 * Not a test: names per second against one server, {@code n0} to {@code n<count-1>} below a zone.
 * Arguments: resolver, zone, count, in flight, rounds, and {@code domain} for the look-ups alone or
 * {@code bus} for whole tasks over the local bus.
 */
final class LookupLoad {

  private final int count;
  private final int inFlight;
  private final IntFunction<Future<Boolean>> ask;
  private int next;
  private int done;
  private int answered;

  private LookupLoad(int count, int inFlight, IntFunction<Future<Boolean>> ask) {
    this.count = count;
    this.inFlight = inFlight;
    this.ask = ask;
  }

  public static void main(String[] args) throws Exception {
    ResolverSpec server = ResolverSpec.parse(args[0], null);
    String zone = args[1];
    int count = Integer.parseInt(args[2]);
    int inFlight = Integer.parseInt(args[3]);
    int rounds = Integer.parseInt(args[4]);
    if (args[5].equals("domain")) {
      Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
      ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
      run(context, rounds, count, inFlight, lookups(context, server, zone));
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } else {
      try (TestNode node =
          TestNode.start(
              DnsMain.SERVICE, Map.of("resolver.upstreams", args[0], "platform.threads", "1"))) {
        ContextInternal context = ((VertxInternal) node.vertx()).createEventLoopContext();
        run(context, rounds, count, inFlight, tasks(node, zone));
      }
    }
  }

  private static void run(
      ContextInternal context,
      int rounds,
      int count,
      int inFlight,
      IntFunction<Future<Boolean>> ask)
      throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      LookupLoad load = new LookupLoad(count, inFlight, ask);
      CountDownLatch end = new CountDownLatch(1);
      long start = System.nanoTime();
      long cpu = cpuNanos();
      context.runOnContext(_ -> load.start(end));
      if (!end.await(5, TimeUnit.MINUTES)) {
        throw new IllegalStateException("no end");
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%,d names, %,d answered, %.3f s, %,.0f names/s, %.1f us of CPU a name%n",
          count, load.answered, seconds, count / seconds, (cpuNanos() - cpu) / 1e3 / count);
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private void start(CountDownLatch end) {
    for (int i = 0; i < Math.min(inFlight, count); i++) {
      one(end);
    }
  }

  private void one(CountDownLatch end) {
    ask.apply(next++)
        .onComplete(result -> {
          answered += result.succeeded() && result.result() ? 1 : 0;
          if (++done == count) {
            end.countDown();
          } else if (next < count) {
            one(end);
          }
        });
  }

  private static IntFunction<Future<Boolean>> lookups(
      ContextInternal context, ResolverSpec server, String zone) {
    ResolverConfig config =
        Configuration.bind(
                ConfigSource.of(null, Map.of(), Map.of("resolver.upstreams", server.label())),
                Map.of(ResolverConfig.SECTION, ResolverConfig.class),
                true)
            .section(ResolverConfig.SECTION, ResolverConfig.class);
    DnsClient client =
        DnsClient.open(context, config, new SimpleMeterRegistry(), "load")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    Upstream upstream =
        new Upstream(
            Protocol.UDP,
            new InetSocketAddress(InetAddress.ofLiteral(server.host()), server.port()),
            server.host(),
            "");
    QueryOptions options = client.standardOptions();
    RetryPolicy retryPolicy = new RetryPolicy(5_000_000_000L, 2);
    return i ->
        client
            .lookup(
                new LookupRequest(
                    DomainNames.question("n" + i + "." + zone, Type.A),
                    options,
                    true,
                    List.of(upstream),
                    retryPolicy,
                    false),
                Cancellation.NEVER)
            .map(LookupLoad::told);
  }

  private static boolean told(LookupOutcome outcome) {
    if (outcome instanceof LookupOutcome.Unanswered unanswered) {
      System.out.println(unanswered);
    }
    return outcome instanceof LookupOutcome.Answered;
  }

  private static IntFunction<Future<Boolean>> tasks(TestNode node, String zone) {
    return i ->
        node.bus()
            .call(
                DnsContract.QUERY_TASK,
                new TaskRequest("dns_query", Map.of("domain", "n" + i + "." + zone)),
                Call.within(Duration.ofSeconds(15)))
            .map(reply ->
                reply instanceof TaskReply.Finished finished
                    && finished.result() instanceof DnsResult result
                    && result.ipAddress() != null);
  }
}

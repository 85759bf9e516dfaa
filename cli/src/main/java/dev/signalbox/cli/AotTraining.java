package dev.signalbox.cli;

import dev.signalbox.cli.census.CensusCommand;
import dev.signalbox.cli.dns.DnsCommand;
import dev.signalbox.cli.file.DownloadCommand;
import dev.signalbox.cli.file.UploadCommand;
import dev.signalbox.cli.message.CodeCommand;
import dev.signalbox.cli.message.MessageCommand;
import dev.signalbox.cli.probe.ProbeCommand;
import dev.signalbox.cli.run.RunCommand;
import dev.signalbox.cli.server.ServerCommand;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.HelpText;
import dev.signalbox.cli.status.StatusCommand;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.node.StartException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training run (JEP 483) of an AOT cache: starts the system on ports of its own, requests a few
 * pages, then runs commands against servers on loopback. The JVM records the classes that they
 * need. The script {@code signalbox} starts one for each of its caches after each build.
 */
final class AotTraining implements Launcher.Command {

  private static final Logger LOG = LoggerFactory.getLogger(AotTraining.class);

  /** Long, because the training run has a low priority and nobody waits for it. */
  private static final long TIMEOUT_S = 180;

  private static final List<String> PATHS =
      List.of("/health/ready", "/", "/api/v1/services", "/get_progress", "/active_servers");

  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private static final List<String> CACHES = List.of("client", "dns", "probe", "signalbox", "all");

  private final Map<String, String> settings;
  private final String cache;
  private final @Nullable Path keys;

  /**
   * Reads arguments: {@code --data} for a scratch directory, {@code --of} for the name of the
   * cache, {@code client} (help and the commands for a running system), {@code dns}, {@code probe},
   * {@code signalbox} for all other commands, or {@code all}, the default, and {@code --keys} for a
   * PKCS #12 file with the password {@link TrainingSite#PASSWORD}, without which nothing is probed
   * over TLS.
   */
  AotTraining(List<String> arguments) {
    settings =
        new LinkedHashMap<>(
            CommandLine.parse(arguments, Map.of("keys", "training.keys", "of", "training.of"))
                .settings());
    String of = settings.remove("training.of");
    cache = of == null ? "all" : of;
    if (!CACHES.contains(cache)) {
      throw new StartException("--of must be one of " + String.join(", ", CACHES));
    }
    String file = settings.remove("training.keys");
    keys = file == null ? null : Path.of(file);
  }

  @Override
  public int run() throws InterruptedException {
    try {
      if (trains("signalbox")) {
        up();
        tasks();
      }
      if (trains("client")) {
        client();
      }
      if (trains("dns")) {
        dns();
      }
      if (trains("probe")) {
        probe();
      }
      return 0;
    } catch (StartException e) {
      throw e;
    } catch (ExecutionException | TimeoutException | IOException | RuntimeException e) {
      // Returned, not thrown: threads of a system that did not stop would keep the process alive.
      LOG.error("the training run failed", e);
      return 1;
    }
  }

  private boolean trains(String name) {
    return cache.equals(name) || cache.equals("all");
  }

  private void up() throws InterruptedException, ExecutionException, TimeoutException {
    settings.put("gateway.port", "any");
    for (String door : List.of("tasks", "codes", "messages")) {
      settings.put("gateway." + door + "-port", "off");
    }
    Node node = await(Node.start(ConfigSource.of(null, Map.of(), settings), Services.all()));
    await(request(node).otherwiseEmpty());
    await(node.stop());
  }

  private static Future<Void> request(Node node) {
    HttpClientAgent client = node.vertx().createHttpClient();
    String door = node.banner().getOrDefault("main", "").split(" ", 2)[0];
    Future<Void> requested = Future.succeededFuture();
    for (String path : PATHS) {
      RequestOptions request =
          new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(door + path);
      requested =
          requested.compose(done ->
              client
                  .request(request)
                  .compose(HttpClientRequest::send)
                  .compose(HttpClientResponse::body)
                  .mapEmpty());
    }
    return requested;
  }

  private static void dns() throws IOException, InterruptedException {
    try (TrainingResolver resolver = new TrainingResolver()) {
      String server = "@" + resolver.address();
      train(new DnsCommand(List.of("training.test", server), NOWHERE, NOWHERE));
      train(new DnsCommand(List.of("training.test", "MX", server, "--json"), NOWHERE, NOWHERE));
    }
  }

  private void probe() throws IOException, InterruptedException {
    try (TrainingSite site = TrainingSite.open(null)) {
      probe("http://" + site.address() + "/");
    }
    if (keys != null) {
      try (TrainingSite site = TrainingSite.open(keys)) {
        probe("https://" + site.address() + "/");
      }
    }
  }

  private static void client() throws IOException, InterruptedException {
    NOWHERE.println(SignalboxMain.usage());
    for (CommandSpec command : Catalog.commands()) {
      // Not those whose options are declared by a service, which has a cache of its own.
      if (command.group() == CommandSpec.Group.CLIENT) {
        NOWHERE.println(HelpText.of(command));
      }
    }
    for (String shell : CompletionCommand.SHELLS) {
      NOWHERE.println(CompletionCommand.script(List.of(shell)));
    }
    Path file =
        Files.writeString(Files.createTempFile("signalbox-training", ".yaml"), "routes: []");
    try (TrainingSite site = TrainingSite.open(null)) {
      String server = "--server=http://" + site.address();
      train(new StatusCommand(List.of(server), NOWHERE, NOWHERE));
      train(new ServerCommand(List.of("list", server), NOWHERE, NOWHERE));
      // To these the page is no sensible response, so they may end with an error.
      String text = file.toString();
      String uuid = "00000000-0000-4000-8000-000000000000";
      new ServerCommand(List.of("create", "--file", text, server), NOWHERE, NOWHERE).run();
      new ServerCommand(List.of("log", "a", server), NOWHERE, NOWHERE).run();
      new ServerCommand(List.of("stop", "a", server), NOWHERE, NOWHERE).run();
      new CodeCommand(List.of(uuid, server), NOWHERE, NOWHERE).run();
      new MessageCommand(List.of("send", uuid, "a", "--unique", "a", server), NOWHERE, NOWHERE)
          .run();
      new MessageCommand(List.of("tail", server), NOWHERE, NOWHERE).run();
      new MessageCommand(List.of("verify", server), NOWHERE, NOWHERE).run();
      new UploadCommand(List.of(text, server), NOWHERE, NOWHERE).run();
      new DownloadCommand(List.of("a", "-o", text, server), NOWHERE, NOWHERE).run();
      new CensusCommand(List.of("progress", server), NOWHERE, NOWHERE).run();
      new CensusCommand(List.of("errors", server), NOWHERE, NOWHERE).run();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void probe(String url) throws InterruptedException {
    List<String> arguments = List.of(url, "-k", "--assert", "status == 200");
    train(new ProbeCommand(arguments, NOWHERE, NOWHERE));
  }

  private static void tasks() throws IOException, InterruptedException {
    try (TrainingResolver resolver = new TrainingResolver();
        TrainingSite site = TrainingSite.open(null)) {
      String lines =
          """
          {"task_name":"dns_query","params":{"domain":"training.test","resolver":"%s"}}
          {"task_name":"http_probe","params":{"url":"http://%s/"}}
          """
              .formatted(resolver.address(), site.address());
      train(
          new RunCommand(
              List.of("-"),
              new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
              NOWHERE,
              NOWHERE,
              true));
    }
  }

  private static void train(Launcher.Command command) throws InterruptedException {
    int code = command.run();
    if (code != 0) {
      throw new IllegalStateException(command.getClass().getSimpleName() + " ended with " + code);
    }
  }

  private static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
  }
}

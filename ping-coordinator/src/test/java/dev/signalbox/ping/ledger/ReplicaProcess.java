package dev.signalbox.ping.ledger;

import dev.signalbox.storage.StorageConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A {@link LedgerReplica} that can be killed, and whose clock can be set. */
final class ReplicaProcess implements AutoCloseable {

  private static final long PATIENCE_S = 30;

  private static final List<Path> CLOCKS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));

  private final Process process;
  private final Writer input;
  private final AtomicLong requests = new AtomicLong();
  private final Map<Long, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
  private final CompletableFuture<Long> clock = new CompletableFuture<>();
  private volatile boolean gone;

  private ReplicaProcess(Process process) {
    this.process = process;
    this.input = process.outputWriter();
  }

  /** Whether this machine has what sets the clock of a process. */
  static boolean clocksCanBeSet() {
    return CLOCKS.stream().anyMatch(Files::exists);
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param offset a file that says how far its clock is off, such as {@code +90s}; null for the
   *     clock as it is
   */
  static ReplicaProcess start(
      StorageConfig database, int tasks, Duration leaseTime, @Nullable Path offset)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx192m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                LedgerReplica.class.getName(),
                database.url(),
                database.user(),
                database.password(),
                Integer.toString(tasks),
                Long.toString(leaseTime.toMillis())));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    if (offset != null) {
      Path library = CLOCKS.stream().filter(Files::exists).findFirst().orElseThrow();
      Map<String, String> environment = builder.environment();
      environment.put("LD_PRELOAD", library.toString());
      environment.put("FAKETIME_TIMESTAMP_FILE", offset.toString());
      environment.put("FAKETIME_CACHE_DURATION", "1");
      // Time that passes is real: without these two, waits of a JVM end at once.
      environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
      environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    ReplicaProcess replica = new ReplicaProcess(builder.start());
    Thread.ofPlatform().daemon().name("replica-output").start(replica::listen);
    try {
      replica.clock.get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      replica.close();
      throw new IOException("the replica did not get ready", e);
    }
    return replica;
  }

  /** The time by its own clock when it was ready. */
  long clockAtStart() {
    return clock.join();
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        if (line.startsWith("ready ")) {
          clock.complete(Long.parseLong(line.substring(space + 1)));
        } else if (space > 0 && line.substring(0, space).chars().allMatch(Character::isDigit)) {
          CompletableFuture<String> reply =
              waiting.remove(Long.parseLong(line.substring(0, space)));
          if (reply != null) {
            reply.complete(line.substring(space + 1));
          }
        }
      }
    } catch (IOException e) {
      gone = true; // it was killed
    }
    gone = true;
    clock.completeExceptionally(new IOException("the replica is gone"));
    waiting.values().forEach(reply -> reply.completeExceptionally(new IOException("gone")));
  }

  /** Asks for something; null when no answer came, so that it may have been done or not. */
  @Nullable String ask(String request) {
    long number = requests.incrementAndGet();
    CompletableFuture<String> reply = new CompletableFuture<>();
    waiting.put(number, reply);
    try {
      if (gone) {
        return null;
      }
      synchronized (input) {
        input.write(number + " " + request + "\n");
        input.flush();
      }
      String answer = reply.get(PATIENCE_S, TimeUnit.SECONDS);
      return answer.startsWith("failed ") ? null : answer;
    } catch (IOException | ExecutionException | TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      waiting.remove(number);
    }
  }

  /** Ends it as {@code kill -9} does. */
  @Override
  public void close() {
    // Not Process.destroyForcibly: that closes the pipe before its rest is read.
    process.toHandle().destroyForcibly();
    try {
      if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the replica does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
